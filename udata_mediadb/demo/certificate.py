"""A certificate of the demo's own, for 127.0.0.1 and localhost, for clients to trust by name."""

import ipaddress
import os
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from ..mongo.clock import now
from .errors import DemoError
from .mongod import HOST

LIFETIME = timedelta(days=365)
RENEWAL = timedelta(days=30)  # before the end


@dataclass(frozen=True)
class Certificate:
    """Files: the certificate, which is its own authority (`curl --cacert`), and its key."""

    path: Path
    key_path: Path


def ensure_certificate(folder: Path) -> Certificate:
    """The certificate in this folder; made where there is none, and anew before it ends."""
    certificate = Certificate(folder / "tls-certificate.pem", folder / "tls-key.pem")
    try:
        if not _is_good(certificate):
            _make(certificate)
    except (OSError, ValueError) as error:
        raise DemoError(f"the certificate in {folder} cannot be made: {error}") from error
    return certificate


def _is_good(certificate: Certificate) -> bool:
    if not (certificate.path.exists() and certificate.key_path.exists()):
        return False
    found = x509.load_pem_x509_certificate(certificate.path.read_bytes())
    return found.not_valid_after_utc - RENEWAL > now()


def _make(certificate: Certificate) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    pem = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    certificate.key_path.unlink(missing_ok=True)
    descriptor = os.open(certificate.key_path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(pem)
    certificate.path.write_bytes(_signed(key).public_bytes(serialization.Encoding.PEM))


def _signed(key: ec.EllipticCurvePrivateKey) -> x509.Certificate:
    """Self-signed, and no authority over anything else (path length 0)."""
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "udata-mediadb demo")])
    here = [x509.IPAddress(ipaddress.ip_address(HOST)), x509.DNSName("localhost")]
    public = key.public_key()
    return (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(public)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now() - timedelta(days=1))
        .not_valid_after(now() + LIFETIME)
        .add_extension(x509.SubjectAlternativeName(here), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(public), critical=False)
        .sign(key, hashes.SHA256())
    )
