package io.hotpool.server.intercept;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

/**
 * {@code ca.pem} and {@code ca.key} in their folder. Both are there or none is; the key is never readable by others nor
 * writable by the group; each file appears whole; two processes that start at once agree on one authority.
 */
final class AuthorityFiles {
    private final Path folder;
    private final Path certificate;
    private final Path key;
    private final Clock clock;

    AuthorityFiles(Path folder, Clock clock) {
        this.folder = folder;
        this.certificate = folder.resolve("ca.pem");
        this.key = folder.resolve("ca.key");
        this.clock = clock;
    }

    CertificateAuthority open() {
        // One file alone may be another process at work: only who holds the lock can tell.
        boolean complete = Files.exists(certificate) && Files.exists(key);
        return complete ? read().orElseThrow() : locked(() -> read().orElseGet(this::create));
    }

    CertificateAuthority rotate() {
        return locked(() -> {
            read().ifPresent(this::setAside);
            return create();
        });
    }

    Optional<CertificateAuthority> read() {
        boolean hasCertificate = Files.exists(certificate);
        boolean hasKey = Files.exists(key);
        if (!hasCertificate && !hasKey) {
            return Optional.empty();
        }
        if (!hasCertificate || !hasKey) {
            Path there = hasKey ? key : certificate;
            Path missing = hasKey ? certificate : key;
            throw new AuthorityException(
                    there + " is there but " + missing + " is not: restore it from a backup, or move " + there
                            + " away to have a new CA made (its clients must then trust the new one)");
        }
        checkModes();
        return Optional.of(AuthorityReader.read(certificate, text(certificate), key, text(key), clock.instant()));
    }

    private CertificateAuthority create() {
        CertificateAuthority made = RootMaker.make(clock.instant(), new SecureRandom());
        // The key first: a crash in between leaves a state that is refused, not one that is trusted by mistake.
        writeWhole(key, made.keyPem(), "rw-------");
        writeWhole(certificate, made.pem(), "rw-r--r--");
        return made;
    }

    private void setAside(CertificateAuthority old) {
        try {
            Files.move(certificate, folder.resolve("ca-" + old.shortId() + ".pem"), StandardCopyOption.ATOMIC_MOVE);
            Files.move(key, folder.resolve("ca-" + old.shortId() + ".key"), StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw failure("cannot set the old CA aside in " + folder, e);
        }
    }

    private CertificateAuthority locked(Supplier<CertificateAuthority> work) {
        makeFolder();
        Path lock = folder.resolve(".lock");
        try (FileChannel channel = FileChannel.open(
                        lock, Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE), mode("rw-------"));
                FileLock held = channel.lock()) {
            assert held.isValid();
            return work.get();
        } catch (IOException e) {
            throw failure("cannot write in the CA folder " + folder, e);
        }
    }

    private void makeFolder() {
        try {
            Files.createDirectories(folder.toAbsolutePath().getParent());
            Files.createDirectory(folder, mode("rwx------"));
        } catch (FileAlreadyExistsException e) {
            if (!Files.isDirectory(folder)) {
                throw new AuthorityException("ca.dir: " + folder + " is not a folder");
            }
        } catch (IOException e) {
            throw failure("cannot make the CA folder " + folder + " (set ca.dir to a folder that can be written)", e);
        }
    }

    private void writeWhole(Path file, String text, String mode) {
        try {
            Path temporary = Files.createTempFile(folder, "." + file.getFileName(), ".new", mode(mode));
            try (FileChannel out = FileChannel.open(temporary, StandardOpenOption.WRITE)) {
                ByteBuffer bytes = ByteBuffer.wrap(text.getBytes(StandardCharsets.US_ASCII));
                while (bytes.hasRemaining()) {
                    out.write(bytes);
                }
                out.force(true);
            }
            if (posix()) {
                Files.setPosixFilePermissions(temporary, PosixFilePermissions.fromString(mode));
            }
            Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw failure("cannot write " + file, e);
        }
    }

    private void checkModes() {
        if (!posix()) {
            return;
        }
        try {
            Set<PosixFilePermission> modes = Files.getPosixFilePermissions(key);
            if (modes.contains(PosixFilePermission.OTHERS_READ)
                    || modes.contains(PosixFilePermission.OTHERS_WRITE)
                    || modes.contains(PosixFilePermission.GROUP_WRITE)) {
                throw new AuthorityException(key + " is " + PosixFilePermissions.toString(modes)
                        + ": the private key must not be readable by others nor writable by the group. If nobody can have"
                        + " read it: chmod 600 " + key + "; else have a new CA made: scripts/hotpool ca rotate");
            }
        } catch (IOException e) {
            throw failure("cannot read the mode of " + key, e);
        }
    }

    private String text(Path file) {
        try {
            return Files.readString(file, StandardCharsets.ISO_8859_1);
        } catch (IOException e) {
            throw failure("cannot read " + file, e);
        }
    }

    private FileAttribute<?>[] mode(String mode) {
        return posix()
                ? new FileAttribute<?>[] {PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(mode))}
                : new FileAttribute<?>[0];
    }

    private boolean posix() {
        return folder.getFileSystem().supportedFileAttributeViews().contains("posix");
    }

    private static AuthorityException failure(String what, IOException e) {
        String why =
                e instanceof NoSuchFileException ? "no such file" : e.getClass().getSimpleName();
        return new AuthorityException(what + ": " + why + (e.getMessage() == null ? "" : " " + e.getMessage()), e);
    }
}
