package io.hotpool.server.cli;

import io.hotpool.pool.profile.BrowserProfile;
import java.time.LocalDate;
import java.time.format.DateTimeParseException;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Browsers have a new version every few weeks: a catalogue without a recent one begins to stand out. */
final class ProfileAge {
    /** Three releases of the browsers that most people have. */
    static final int OLD_DAYS = 90;

    private ProfileAge() {}

    /** What to say when even the newest profile is old. */
    static Optional<String> warning(List<BrowserProfile> profiles, LocalDate today) {
        return profiles.stream()
                .map(profile -> profile.provenance().captured())
                .flatMap(ProfileAge::date)
                .max(LocalDate::compareTo)
                .map(newest -> ChronoUnit.DAYS.between(newest, today))
                .filter(days -> days > OLD_DAYS)
                .map(
                        days -> "the newest profile is " + days
                                + " days old; browsers have moved on since (newer ones can be put into fingerprint.profile_dir)");
    }

    private static Stream<LocalDate> date(String captured) {
        try {
            return Stream.of(LocalDate.parse(captured));
        } catch (DateTimeParseException e) {
            return Stream.empty(); // not every publication has a day
        }
    }
}
