package io.hotpool.server.learn;

import io.hotpool.pool.fingerprint.ClientHello;
import io.hotpool.pool.profile.BrowserProfile.Extension.EchGrease;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Does the ECH GREASE payload of resumed hellos grow with their pre_shared_key, and in what steps? */
final class EchSteps {
    /** NSS pads what it would encrypt to multiples of this. */
    private static final int STEP = 32;

    private EchSteps() {}

    /** 0 when the lengths are those of a first hello, or follow no such rule. */
    static int of(List<ClientHello> resumed, @Nullable EchGrease first) {
        if (first == null || resumed.stream().noneMatch(hello -> length(hello, HelloExtensions.PRE_SHARED_KEY) > 0)) {
            return 0;
        }
        return resumed.stream().allMatch(hello -> grown(hello, first)) ? STEP : 0;
    }

    private static boolean grown(ClientHello hello, EchGrease first) {
        int preSharedKey = length(hello, HelloExtensions.PRE_SHARED_KEY);
        int more = (preSharedKey + STEP - 1) / STEP * STEP;
        return hello.extension(HelloExtensions.ECH)
                .map(ech -> HelloExtensions.ech(ech).payloadLength())
                .filter(length -> !first.payloadLengths().contains(length))
                .filter(length -> first.payloadLengths().contains(length - more))
                .isPresent();
    }

    private static int length(ClientHello hello, int type) {
        return hello.extension(type).map(extension -> extension.data().length).orElse(0);
    }
}
