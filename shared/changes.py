"""What an inbox changes: the statements of one event after another, those alike together."""

from typing import Any

from shared.hot import Connection


class Changes:
    """Statements in their order, on their way to one transaction.

    Consecutive events of one type mostly run the same statement with other values: those go to
    PostgreSQL in one trip.
    """

    def __init__(self, db: Connection) -> None:
        self._db = db
        self._statement = ""
        self._values: list[tuple[Any, ...]] = []

    async def execute(self, statement: str, *values: Any) -> None:
        """Run a statement, after those before it and before those that follow."""
        if statement != self._statement:
            await self.flush()
            self._statement = statement
        self._values.append(values)

    async def fetchval(self, statement: str, *values: Any) -> Any:
        """Run a statement now, after those before it, and return its first value."""
        await self.flush()
        return await self._db.fetchval(statement, *values)

    async def flush(self) -> None:
        """Run what has not been run yet."""
        values, self._values = self._values, []
        if len(values) == 1:
            await self._db.execute(self._statement, *values[0])
        elif values:
            await self._db.executemany(self._statement, values)
