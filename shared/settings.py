"""What an operator may set: `ACCORD_…` in the environment or in `.env`, secrets by file only.

A flag wins over the environment, that over `<NAME>_FILE` (a file that holds the value of
`<NAME>`), that over `.env`. An unknown `ACCORD_` name is an error, so that a typing mistake
never passes for a setting. Where all services run in one process, `{service}` in an address
or a path stands for the name of each: see `Settings.for_service`.
"""

import difflib
import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Literal, Self, TypeVar

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    PositiveFloat,
    PositiveInt,
    ValidationError,
    ValidationInfo,
    field_validator,
)
from pydantic_settings import (
    BaseSettings,
    DotEnvSettingsSource,
    EnvSettingsSource,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    SettingsError,
)

PREFIX = "ACCORD_"
NESTING = "__"
FROM_FILE = "_FILE"
PLACEHOLDER = "{service}"

Model = TypeVar("Model", bound=BaseModel)


class BadSettings(Exception):
    """A setting is unknown, unreadable or missing: what, and what to do."""


class Group(BaseModel):
    model_config = ConfigDict(frozen=True)


class Login(Group):
    """A role on a PostgreSQL server; the password may also be part of the address."""

    dsn: str | None = Field(default=None, repr=False)
    password_file: Path | None = None

    def password(self) -> str | None:
        """The password in the file; None leaves the address as it is.

        Raises:
            BadSettings: the file cannot be read.
        """
        return None if self.password_file is None else secret(self.password_file)


class Database(Login):
    """Journals and read models; without an address `accord up` starts a server."""

    pool_max: PositiveInt = 8


class Relay(Login):
    """The role that reads what is committed, and the Ed25519 key that signs its chain."""

    key_file: Path | None = None


class Keys(Login):
    """The store of sealing keys, and the key they are wrapped with."""

    kek_file: Path | None = None

    def kek(self) -> bytes:
        """The 32 bytes that wrap every sealing key; the file holds them as hexadecimal.

        Raises:
            BadSettings: no file is named, or it holds something else.
        """
        path = needed(self.kek_file, "ACCORD_KEYS__KEK_FILE")
        try:
            kek = bytes.fromhex(secret(path))
        except ValueError:
            kek = b""
        if len(kek) != 32:  # noqa: PLR2004 - AES-256 has keys of 32 bytes
            raise BadSettings(f"{path} must hold 64 hexadecimal digits: the key-wrapping key.")
        return kek


class Nats(Group):
    """The bus; without an address `accord up` starts a server."""

    url: str | None = None
    nkey_seed_file: Path | None = None
    replicas: PositiveInt = 1


class Http(Group):
    port: int = Field(default=8080, ge=1, le=65535)
    metrics_port: int = Field(default=9464, ge=1, le=65535)
    behind_proxy: bool = False
    trusted_proxies: tuple[str, ...] = ()


class Issuer(Group):
    """An issuer of access tokens in place of the embedded one."""

    model_config = ConfigDict(extra="forbid")

    iss: str
    jwks: str
    algorithms: tuple[str, ...] = ("ES256", "EdDSA")
    typ: str = "at+jwt"
    minutes: int = Field(default=15, ge=1, le=60)


class Auth(Group):
    """No issuer listed means the embedded one, which signs with the ES256 key in `key_file`."""

    issuers: tuple[Issuer, ...] = ()
    key_file: Path | None = None
    pepper_file: Path | None = None


class Service(Group):
    """The Ed25519 key that signs what one service asks another."""

    key_file: Path | None = None


class Signer(Group):
    """The process that holds the log keys: where it listens, and the folder of what it signed."""

    socket: Path | None = None
    folder: Path | None = None
    key_file: Path | None = None


class Audit(Group):
    seal_every_s: PositiveFloat = 2
    policy_file: Path | None = None


class Shutdown(Group):
    grace_s: PositiveFloat = 5


class Smtp(Group):
    url: str | None = None


class Log(Group):
    level: Literal["debug", "info", "warning", "error"] = "info"
    format: Literal["json", "console"] = "json"


class Settings(BaseSettings):
    """Every setting, in one value that is read once at the start."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX,
        env_nested_delimiter=NESTING,
        env_file=".env",
        env_ignore_empty=True,
        extra="ignore",
        frozen=True,
    )

    env: Literal["dev", "test", "prod"] = "dev"
    public_url: str | None = None
    data: Path = Path(".accord")
    demo: bool = False
    admin: Login = Login()
    database: Database = Database()
    relay: Relay = Relay()
    keys: Keys = Keys()
    nats: Nats = Nats()
    http: Http = Http()
    peers: Mapping[str, str] = Field(default_factory=dict)
    auth: Auth = Auth()
    service: Service = Service()
    signer: Signer = Signer()
    audit: Audit = Audit()
    shutdown: Shutdown = Shutdown()
    smtp: Smtp = Smtp()
    log: Log = Log()
    failpoints: Path | None = None

    @field_validator("failpoints")
    @classmethod
    def _only_in_tests(cls, folder: Path | None, read: ValidationInfo) -> Path | None:
        if folder is not None and read.data.get("env") != "test":
            raise ValueError("it ends processes on purpose, so it needs ACCORD_ENV=test. Remove it")
        return folder

    @classmethod
    def load(cls, **flags: Any) -> Self:
        """Read the settings; a flag given by its field's name wins.

        Raises:
            BadSettings: a name is unknown, or a value does not fit.
        """
        try:
            _refuse_unknown([*os.environ, *map(str.upper, DotEnvSettingsSource(cls).env_vars)])
            return cls(**flags)
        except ValidationError as error:
            raise BadSettings(" ".join(_sentences(error))) from error
        except SettingsError as error:
            raise BadSettings(f"{error}. It must be JSON.") from error

    def for_service(self, name: str) -> Self:
        """Return the settings of one service: `{service}` everywhere replaced by its name."""
        return _filled(self, name)

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003 - the library's signature
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        return init_settings, env_settings, _NamedFiles(settings_cls), dotenv_settings


def needed(value: Model | Path | str | None, name: str) -> Any:
    """Return `value`, which this process cannot do without.

    Raises:
        BadSettings: it is not set.
    """
    if value is None:
        raise BadSettings(f"{name} is not set. Set it, or start everything with `accord up`.")
    return value


def secret(path: Path) -> str:
    """Return the one line that a secret's file holds.

    Raises:
        BadSettings: it cannot be read.
    """
    try:
        return path.read_text("utf-8").strip()
    except OSError as error:
        raise BadSettings(f"The secret in {path} cannot be read: {error.strerror}.") from error


class _NamedFiles(EnvSettingsSource):
    """Values that lie in files which the environment names as `<NAME>_FILE`."""

    def _load_env_vars(self) -> Mapping[str, str | None]:
        leaves = {name.removesuffix("*") for name in _names(Settings)}
        return {
            name.lower(): secret(Path(os.environ[name + FROM_FILE]))
            for name in leaves
            if name + FROM_FILE not in leaves and os.environ.get(name + FROM_FILE)
        }


def _names(model: type[BaseModel], prefix: str = PREFIX) -> Iterator[str]:
    """Yield every name; one that ends in `*` stands for all that begin so."""
    for field, about in model.model_fields.items():
        name = prefix + field.upper()
        if isinstance(about.annotation, type) and issubclass(about.annotation, BaseModel):
            yield from _names(about.annotation, name + NESTING)
        elif field == "peers":
            yield name + NESTING + "*"
        else:
            yield name


def _refuse_unknown(given: list[str]) -> None:
    known = [*_names(Settings)]
    for name in given:
        bare = name.removesuffix(FROM_FILE)
        if not name.startswith(PREFIX) or name in known or bare in known:
            continue
        if any(name.startswith(each[:-1]) for each in known if each.endswith("*")):
            continue
        near = difflib.get_close_matches(name, known, n=1)
        hint = f" Did you mean {near[0]}?" if near else " Remove it."
        raise BadSettings(f"{name} is not a setting of Accord.{hint}")


def _sentences(error: ValidationError) -> Iterator[str]:
    for each in error.errors(include_url=False, include_input=False):
        name = PREFIX + NESTING.join(str(part).upper() for part in each["loc"])
        yield f"{name} does not fit: {each['msg'][:1].lower()}{each['msg'][1:]}."


def _filled(model: Model, service: str) -> Model:
    filled: dict[str, Any] = {}
    for name in type(model).model_fields:
        value = getattr(model, name)
        if isinstance(value, BaseModel):
            filled[name] = _filled(value, service)
        elif isinstance(value, str):
            filled[name] = value.replace(PLACEHOLDER, service)
        elif isinstance(value, Path):
            filled[name] = Path(str(value).replace(PLACEHOLDER, service))
    return model.model_copy(update=filled)
