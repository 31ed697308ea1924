"""The hub's own certificate authority, the broker's certificate and those of its clients: made when needed.

EC P-256 (small boards do a handshake with it in tolerable time), X.509 v3 as RFC 5280 asks, so that Python's strict
check passes too. All certificates are valid from the year 2000: a board without a clock battery starts there, and
must be connected before it can be told the time.
"""

import datetime
import ipaddress
from pathlib import Path
from typing import NamedTuple

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from hub.broker.settings import Tls
from hub.private_file import private_folder, write_private
from hub.provision.keys import ProvisionFault

VALID_FROM = datetime.datetime(2000, 1, 1, tzinfo=datetime.UTC)
CA_YEARS = 25
SERVER_DAYS = 730
RENEW_DAYS = 60  # before the end, at a start of the hub


class Client(NamedTuple):
    """A client's certificate and private key, in DER; the same in PEM stand beside them as ``.pem``."""

    certificate: Path
    key: Path

    @classmethod
    def of(cls, folder: Path, user: str) -> "Client":
        """The files of ``user`` in ``folder``, there or not."""
        return cls(folder / f"{user}.cert.der", folder / f"{user}.key.der")

    @property
    def pem(self) -> "Client":
        """The same in PEM."""
        return Client(self.certificate.with_suffix(".pem"), self.key.with_suffix(".pem"))

    def is_of(self, user: str) -> bool:
        """Whether both are there, belong together, and name ``user``: one device's certificate with another's key or
        password would come in, and hide whose board it is."""
        try:
            for certificate, key in (
                (x509.load_der_x509_certificate(self.certificate.read_bytes()), self.key),
                (x509.load_pem_x509_certificate(self.pem.certificate.read_bytes()), self.pem.key),
            ):
                if certificate.subject != _name(user) or certificate.public_key() != _private(key).public_key():
                    return False
        except (OSError, ValueError):
            return False
        return True

    def remove(self) -> None:
        """The key is no longer on this disk."""
        for path in (*self, *self.pem):
            path.unlink(missing_ok=True)


class Authority:
    """The CA of one site, in ``folder`` (0700). Public: ``ca.pem``, and ``ca.der`` for boards with MicroPython."""

    def __init__(self, folder: Path, site: str) -> None:
        self.ca_pem = folder / "ca.pem"
        self.ca_der = folder / "ca.der"
        self._folder = private_folder(folder)
        self._site = site
        self._ca_key = folder / "ca.key"
        self._ca = self._load_ca() if self._ca_key.exists() else self._make_ca()

    def server(self, host: str) -> Tls:
        """Certificate and key for a broker on ``host``, an address or a name; renewed when it is for another host,
        by another CA, or soon to end."""
        tls = Tls(self._folder / "broker.pem", self._folder / "broker.key", self.ca_pem)
        if not self._is_good(tls, host):
            self._make_server(tls, host)
        return tls

    def client(self, folder: Path, user: str) -> Client:
        """Certificate and key with which ``user`` proves to be provisioned by this hub; kept while they are of this CA.

        Valid as long as the CA: nobody climbs a ladder to renew it. It says who came from this hub, the password says
        who it is, so a device is turned away by changing its password.
        """
        files = Client.of(folder, user)
        if not (self._is_of_ours(files) and files.is_of(user)):
            self._make_client(files, user)
        return files

    def _is_of_ours(self, files: Client) -> bool:
        if not all(path.exists() for path in (*files, *files.pem)):
            return False
        try:
            x509.load_der_x509_certificate(files.certificate.read_bytes()).verify_directly_issued_by(self._ca)
        except Exception:  # whatever is wrong with it, a new one is right
            return False
        return True

    def _make_client(self, files: Client, user: str) -> None:
        """The certificate is written last: where it is, the others are. They need not be durable, as they can be
        made again."""
        key = ec.generate_private_key(ec.SECP256R1())
        built = self._sign(
            _builder(user, self._ca.subject, key, self._ca.not_valid_after_utc).add_extension(
                x509.ExtendedKeyUsage([ExtendedKeyUsageOID.CLIENT_AUTH]), critical=False
            )
        )
        sec1 = key.private_bytes(  # mbedTLS reads it on every board
            serialization.Encoding.DER, serialization.PrivateFormat.TraditionalOpenSSL, serialization.NoEncryption()
        )
        der, pem = (built.public_bytes(form) for form in (serialization.Encoding.DER, serialization.Encoding.PEM))
        for path, body in (
            (files.key, sec1),
            (files.pem.key, _pem(key)),
            (files.pem.certificate, pem),
            (files.certificate, der),
        ):
            write_private(path, body, is_durable=False)

    def _sign(self, builder: x509.CertificateBuilder) -> x509.Certificate:
        """A certificate of somebody who is no CA."""
        ca_key = serialization.load_pem_private_key(self._ca_key.read_bytes(), None)
        assert isinstance(ca_key, ec.EllipticCurvePrivateKey)
        authority_id = x509.AuthorityKeyIdentifier.from_issuer_public_key(ca_key.public_key())
        return (
            builder.add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
            .add_extension(_usage(is_ca=False), critical=True)
            .add_extension(authority_id, critical=False)
            .sign(ca_key, hashes.SHA256())
        )

    def _is_good(self, tls: Tls, host: str) -> bool:
        if not (tls.certificate.exists() and tls.key.exists()):
            return False
        try:
            certificate = x509.load_pem_x509_certificate(tls.certificate.read_bytes())
            certificate.verify_directly_issued_by(self._ca)
            names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
        except Exception:  # whatever is wrong with it, a new one is right
            return False
        renew_at = certificate.not_valid_after_utc - datetime.timedelta(days=RENEW_DAYS)
        return set(_names(host)) == set(names) and _now() < renew_at

    def _make_server(self, tls: Tls, host: str) -> None:
        key = ec.generate_private_key(ec.SECP256R1())
        built = self._sign(
            _builder(f"hallhub {self._site} broker", self._ca.subject, key, _now() + _days(SERVER_DAYS))
            .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
            .add_extension(x509.SubjectAlternativeName(_names(host)), critical=False)
        )
        write_private(tls.key, _pem(key))
        write_private(tls.certificate, built.public_bytes(serialization.Encoding.PEM))

    def _make_ca(self) -> x509.Certificate:
        key = ec.generate_private_key(ec.SECP256R1())
        name = f"hallhub {self._site} CA"
        made = (
            _builder(name, _name(name), key, _now() + _days(365 * CA_YEARS))
            .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
            .add_extension(_usage(is_ca=True), critical=True)
            .sign(key, hashes.SHA256())
        )
        write_private(self.ca_pem, made.public_bytes(serialization.Encoding.PEM))
        write_private(self.ca_der, made.public_bytes(serialization.Encoding.DER))
        write_private(self._ca_key, _pem(key))  # last: where it is, the others are
        return made

    def _load_ca(self) -> x509.Certificate:
        try:
            return x509.load_pem_x509_certificate(self.ca_pem.read_bytes())
        except (OSError, ValueError) as fault:
            raise ProvisionFault(
                f"{self.ca_pem}: {fault}; put a backup in its place, or delete {self._folder} and provision every "
                "device again"
            ) from None


def _builder(
    subject: str, issuer: x509.Name, key: ec.EllipticCurvePrivateKey, until: datetime.datetime
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(_name(subject))
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(VALID_FROM)
        .not_valid_after(until)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
    )


def _usage(is_ca: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not is_ca,
        key_cert_sign=is_ca,
        crl_sign=is_ca,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )


def _names(host: str) -> list[x509.GeneralName]:
    """What a client may have called the broker. On the loopback both spellings, as tests and demos mix them."""
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return [x509.DNSName(host)] + ([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))] * (host == "localhost"))
    return [x509.IPAddress(address)] + ([x509.DNSName("localhost")] * address.is_loopback)


def _name(common: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common[:64])])


def _pem(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


def _private(path: Path) -> ec.EllipticCurvePrivateKey:
    """Raises OSError, ValueError."""
    load = serialization.load_pem_private_key if path.suffix == ".pem" else serialization.load_der_private_key
    key = load(path.read_bytes(), None)
    if not isinstance(key, ec.EllipticCurvePrivateKey):
        raise ValueError(f"{path}: no key of an elliptic curve")
    return key


def _now() -> datetime.datetime:
    return datetime.datetime.now(datetime.UTC)


def _days(count: int) -> datetime.timedelta:
    return datetime.timedelta(days=count)
