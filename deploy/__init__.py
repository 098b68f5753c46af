"""The suite in containers: what runs beside the services there."""
