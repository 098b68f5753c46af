"""Every container is hardened, reachable from this machine only, and knows no secret by value."""

from pathlib import Path
from urllib.parse import urlsplit

import pytest

from deploy.secrets import CONFIGURATION, hands
from shared.settings import Settings
from shared.tlog.policy import Policy
from tests.deploy.compose import CONTAINERS, FILE, ONE_SHOTS, SERVICES, SUITE, environment, mounts

SECRETS = "/run/accord/secrets"
LOOSENS = {"privileged", "cap_add", "devices", "pid", "ipc", "userns_mode", "sysctls", "env_file"}
PEERS_OF_MIGRATE = ("members", "meetings", "credit", "transparency", "audit")
OURS = (*SERVICES, "migrate", "provision", "tools")


@pytest.mark.parametrize("name", CONTAINERS)
def test_a_container_is_hardened(name: str) -> None:
    container = CONTAINERS[name]
    assert container["user"] == "10001:10001"
    assert container["init"] is True
    assert container["read_only"] is True
    assert container["cap_drop"] == ["ALL"]
    assert container["security_opt"] == ["no-new-privileges:true"]
    assert container["pids_limit"] <= 256
    assert container["mem_limit"]
    assert container["stop_grace_period"] == "30s"
    assert container["restart"] == ("no" if name in ONE_SHOTS else "unless-stopped")
    assert not LOOSENS & container.keys()
    assert container.get("network_mode", "none") == "none"
    for scratch in container["tmpfs"]:
        assert {"noexec", "nosuid", "nodev"} <= set(scratch.partition(":")[2].split(","))


@pytest.mark.parametrize("name", CONTAINERS)
def test_only_services_publish_a_port_and_only_on_loopback(name: str) -> None:
    ports = CONTAINERS[name].get("ports", [])
    assert len(ports) == (name in SERVICES)
    assert all(port.startswith("127.0.0.1:") for port in ports)


def test_every_published_port_is_another() -> None:
    ports = [CONTAINERS[name]["ports"][0] for name in SERVICES]
    assert len(set(ports)) == len(SERVICES)
    assert "127.0.0.1:8080:8080" in ports


def test_nothing_but_traces_and_questions_to_witnesses_gets_out() -> None:
    inside, outside = SUITE["networks"]["inside"], SUITE["networks"]["outside"]
    assert inside["internal"] is True
    assert outside["driver_opts"] == {"com.docker.network.bridge.enable_ip_masquerade": "false"}
    for name in ("postgres", "nats", "provision", "migrate", "tools"):
        assert CONTAINERS[name]["networks"] == ["inside"]
    witnesses = SUITE["networks"]["witnesses"]["driver_opts"]
    assert witnesses == {"com.docker.network.bridge.enable_ip_masquerade": "false"}
    for name in SERVICES:
        further = ["witnesses"] if name == "audit" else []
        assert CONTAINERS[name]["networks"] == ["inside", "outside", *further]
    assert CONTAINERS["secrets"]["network_mode"] == "none"
    assert CONTAINERS["collector"]["profiles"] == ["telemetry"]


@pytest.mark.parametrize("name", ["audit", "signer"])
def test_the_log_and_its_signer_know_the_same_witnesses(name: str) -> None:
    [given] = CONTAINERS[name]["configs"]
    assert environment(name)["ACCORD_AUDIT__POLICY_FILE"] == given["target"]
    named = FILE.parent / SUITE["configs"][given["source"]]["file"]
    assert Policy.parse(named.read_bytes()).witnesses == ()


@pytest.mark.parametrize("name", CONTAINERS)
def test_no_secret_is_in_the_environment(name: str) -> None:
    for setting, value in environment(name).items():
        words = setting.lower().removesuffix("_file")
        if words.endswith(("password", "secret", "token", "seed", "kek", "key", "pepper")):
            assert setting.endswith("_FILE")
            assert value.startswith(f"{SECRETS}/")
        if "://" in value:
            assert urlsplit(value).password is None


@pytest.mark.parametrize("name", OURS)
def test_the_settings_are_understood(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for setting, value in environment(name).items():
        monkeypatch.setenv(setting, value)
    settings = Settings.load()
    if name in SERVICES:
        assert settings.for_service(name).database.dsn == (
            f"postgresql://accord_{name}_app@postgres/accord_{name}"
        )
        assert set(settings.peers) == set(SERVICES) - {"web"}


@pytest.mark.parametrize("name", hands())
def test_a_container_has_the_secrets_it_names_and_no_other(name: str) -> None:
    assert mounts(name)[SECRETS] == (f"secrets_{name}", "ro")
    assert mounts("secrets")[f"/dealt/{name}"] == (f"secrets_{name}", "rw")
    services = {"migrate": PEERS_OF_MIGRATE, "provision": ("ops", "sys")}.get(name, (name,))
    named = {
        Path(value.replace("{service}", service)).name
        for value in environment(name).values()
        if value.startswith(f"{SECRETS}/")
        for service in services
    }
    by_other_means = {
        "postgres": {"accord_admin"},  # start-postgres.sh, when it makes the database
        "nats": {CONFIGURATION},  # its command
        "migrate": {"accord_web_app"},  # the pages keep sessions only
        "tools": {"issuer"},  # `accord token` looks in the data folder
    }
    issuers = {"issuer.jwks"} if "ACCORD_AUTH__ISSUERS" in environment(name) else set()
    assert named | by_other_means.get(name, set()) | issuers == hands()[name]


@pytest.mark.parametrize("name", CONTAINERS)
def test_only_what_must_write_can(name: str) -> None:
    may_write = {"secrets": set(mounts("secrets")), "postgres": {"/var/lib/postgresql"}}
    may_write["nats"] = {"/var/lib/nats"}
    may_write["signer"] = {"/var/lib/signer", "/run/signer"}
    may_write["audit"] = {"/run/signer"}  # whoever asks at a socket writes to it
    written = {target for target, (_, mode) in mounts(name).items() if mode != "ro"}
    assert written == may_write.get(name, set())
    assert name == "secrets" or "vault" not in {source for source, _ in mounts(name).values()}


def test_what_runs_on_says_whether_it_is_healthy() -> None:
    silent = {name for name, about in CONTAINERS.items() if "healthcheck" not in about}
    assert silent - ONE_SHOTS == {"nats", "collector"}  # NATS: its keeper's; traces: a side show
    for name in SERVICES:
        assert "/readyz" in CONTAINERS[name]["healthcheck"]["test"][-1]
        assert CONTAINERS[name]["depends_on"]["provision"] == {"condition": "service_healthy"}
        assert CONTAINERS[name]["depends_on"]["migrate"] == {
            "condition": "service_completed_successfully"
        }


@pytest.mark.parametrize("name", SERVICES)
def test_an_image_holds_one_service(name: str) -> None:
    build = CONTAINERS[name]["build"]
    assert (build["target"], build["args"]["SERVICE"]) == ("service", name)
    assert CONTAINERS[name]["command"] == [f"services.{name}"]
