package io.hotpool.server.frontend;

import io.hotpool.pool.fault.Fault;
import io.hotpool.pool.fault.FaultKind;
import io.hotpool.server.config.HotpoolConfig;
import io.hotpool.server.config.PasswordHash;
import io.hotpool.server.route.Directives;
import io.hotpool.server.route.ProxyCredentials;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.ImmediateEventExecutor;
import io.netty.util.concurrent.Promise;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * Who may use the proxy. A password's slow hash is computed on a thread of its own, one at a time; what matched once is
 * remembered under a keyed digest. Thread-safe.
 */
final class Authenticator implements AutoCloseable {
    /** What an unknown user's password is compared with: the answer takes as long as a known one's. */
    private static final class Nobody {
        static final String HASH = PasswordHash.of(new char[] {'-'});
    }

    private static final int MAX_REMEMBERED = 1000;
    private static final int MAX_WAITING = 200;

    private final SecretKeySpec key = randomKey();
    private final ConcurrentMap<String, Boolean> matched = new ConcurrentHashMap<>();
    private final ThreadPoolExecutor hashing =
            new ThreadPoolExecutor(1, 1, 5, TimeUnit.SECONDS, new LinkedBlockingQueue<>(MAX_WAITING), task -> {
                Thread thread = new Thread(task, "hotpool-passwords");
                thread.setDaemon(true);
                return thread;
            });

    Authenticator() {
        hashing.allowCoreThreadTimeOut(true);
    }

    /**
     * @param field the Proxy-Authorization header, null when there is none
     * @return complete on {@code loop}, at once where nothing has to be computed; fails with a {@link Fault}
     */
    Future<Admission> admit(@Nullable String field, HotpoolConfig.Proxy config, EventExecutor loop) {
        try {
            if (field == null) {
                return nobody(config);
            }
            return admit(ProxyCredentials.basic(field, config), config, loop);
        } catch (Fault fault) {
            return ImmediateEventExecutor.INSTANCE.newFailedFuture(fault);
        }
    }

    private static Future<Admission> nobody(HotpoolConfig.Proxy config) {
        if (!config.users().isEmpty() || config.challenge()) {
            throw Fault.of(FaultKind.PROXY_AUTHENTICATION, "this proxy asks for a user name and a password");
        }
        return ImmediateEventExecutor.INSTANCE.newSucceededFuture(Admission.ANONYMOUS);
    }

    Future<Admission> admit(ProxyCredentials credentials, HotpoolConfig.Proxy config, EventExecutor loop) {
        HotpoolConfig.User account = credentials.account();
        if (config.users().isEmpty()) {
            return ImmediateEventExecutor.INSTANCE.newSucceededFuture(
                    new Admission(credentials.name(), credentials.directives()));
        }
        char[] password = credentials.password().toCharArray();
        if (account == null) {
            return compute(loop.newPromise(), promise -> {
                PasswordHash.matches(Nobody.HASH, password);
                promise.setFailure(wrong());
            });
        }
        String digest = digest(account.passwordHash(), credentials.password());
        Admission admission = new Admission(
                credentials.name(), credentials.directives().over(Directives.ofProfile(account.profile())));
        if (matched.containsKey(digest)) {
            return ImmediateEventExecutor.INSTANCE.newSucceededFuture(admission);
        }
        return compute(loop.newPromise(), promise -> {
            if (PasswordHash.matches(account.passwordHash(), password)) {
                remember(digest);
                promise.setSuccess(admission);
            } else {
                promise.setFailure(wrong());
            }
        });
    }

    private static Fault wrong() {
        return Fault.of(FaultKind.PROXY_AUTHENTICATION, "the user name or the password is not right");
    }

    private Future<Admission> compute(Promise<Admission> promise, Consumer<Promise<Admission>> check) {
        try {
            hashing.execute(() -> check.accept(promise));
        } catch (RejectedExecutionException e) {
            promise.setFailure(Fault.of(FaultKind.RATE_LIMITED, "too many passwords are waiting to be checked"));
        }
        return promise;
    }

    private void remember(String digest) {
        if (matched.size() >= MAX_REMEMBERED) {
            matched.clear();
        }
        matched.put(digest, Boolean.TRUE);
    }

    private String digest(String hash, String password) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(key);
            mac.update(hash.getBytes(StandardCharsets.UTF_8));
            mac.update((byte) 0);
            return HexFormat.of().formatHex(mac.doFinal(password.getBytes(StandardCharsets.UTF_8)));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JDK has HmacSHA256", e);
        }
    }

    private static SecretKeySpec randomKey() {
        byte[] bytes = new byte[32];
        new SecureRandom().nextBytes(bytes);
        return new SecretKeySpec(bytes, "HmacSHA256");
    }

    @Override
    public void close() {
        hashing.shutdownNow();
    }
}
