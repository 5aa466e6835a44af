package dev.updraft.server.tls;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Certificates and private keys in PEM files (RFC 7468). */
final class Pem {
    private static final Pattern BLOCK = Pattern.compile("-----BEGIN ([A-Z0-9 ]+)-----([^-]*)-----END \\1-----");
    private static final List<String> ALGORITHMS = List.of("EC", "RSA", "EdDSA");

    private Pem() {}

    private record Block(String label, String base64) {
        byte[] bytes(Path file) {
            try {
                return Base64.getMimeDecoder().decode(base64);
            } catch (IllegalArgumentException e) {
                throw new IllegalArgumentException("'" + file + "' is damaged; copy it again.", e);
            }
        }
    }

    /** At least one. */
    static List<X509Certificate> certificates(Path file) {
        List<X509Certificate> certificates = new ArrayList<>();
        for (Block block : blocks(file)) {
            if (block.label().equals("CERTIFICATE")) {
                certificates.add(certificate(file, block.bytes(file)));
            }
        }
        if (certificates.isEmpty()
                && blocks(file).stream().anyMatch(block -> block.label().endsWith("PRIVATE KEY"))) {
            throw new IllegalArgumentException(
                    "'" + file
                            + "' holds a private key where a certificate belongs; --tls names the certificate and --key its key.");
        }
        if (certificates.isEmpty()) {
            throw new IllegalArgumentException(
                    "There is no certificate in '" + file + "'; it must have lines '-----BEGIN CERTIFICATE-----'.");
        }
        return certificates;
    }

    private static X509Certificate certificate(Path file, byte[] bytes) {
        try {
            return (X509Certificate)
                    CertificateFactory.getInstance("X.509").generateCertificate(new ByteArrayInputStream(bytes));
        } catch (GeneralSecurityException e) {
            throw new IllegalArgumentException("A certificate in '" + file + "' is damaged; copy the file again.", e);
        }
    }

    static PrivateKey privateKey(Path file) {
        for (Block block : blocks(file)) {
            switch (block.label()) {
                case "PRIVATE KEY" -> {
                    return privateKey(file, block.bytes(file));
                }
                case "EC PRIVATE KEY", "RSA PRIVATE KEY", "ENCRYPTED PRIVATE KEY" ->
                    throw new IllegalArgumentException("The key in '" + file + "' is not plain PKCS#8; convert it with"
                            + " 'openssl pkcs8 -topk8 -nocrypt -in " + file + " -out NEW.pem'.");
                default -> {}
            }
        }
        if (blocks(file).stream().anyMatch(block -> block.label().equals("CERTIFICATE"))) {
            throw new IllegalArgumentException(
                    "'" + file
                            + "' holds a certificate where a private key belongs; --tls names the certificate and --key its key.");
        }
        throw new IllegalArgumentException(
                "There is no private key in '" + file + "'; it must have a line '-----BEGIN PRIVATE KEY-----'.");
    }

    private static PrivateKey privateKey(Path file, byte[] bytes) {
        for (String algorithm : ALGORITHMS) {
            try {
                return KeyFactory.getInstance(algorithm).generatePrivate(new PKCS8EncodedKeySpec(bytes));
            } catch (GeneralSecurityException e) {
                // Of another kind, or damaged; told below when none fits.
            }
        }
        throw new IllegalArgumentException("The key in '" + file + "' is neither EC, RSA nor Ed25519, or is damaged.");
    }

    private static List<Block> blocks(Path file) {
        String text;
        try {
            text = Files.readString(file, StandardCharsets.ISO_8859_1);
        } catch (IOException e) {
            throw new IllegalArgumentException("The file '" + file + "' cannot be read; check its name and rights.", e);
        }
        List<Block> blocks = new ArrayList<>();
        Matcher matcher = BLOCK.matcher(text);
        while (matcher.find()) {
            blocks.add(new Block(matcher.group(1), matcher.group(2)));
        }
        return blocks;
    }
}
