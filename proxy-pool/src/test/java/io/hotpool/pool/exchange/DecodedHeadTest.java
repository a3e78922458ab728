package io.hotpool.pool.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import io.hotpool.pool.exchange.DecodedHead.Codings;
import io.hotpool.pool.http.HeaderList;
import io.hotpool.pool.http.Protocol;
import io.hotpool.pool.http.ResponseHead;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DecodedHeadTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            nullValues = "-",
            value = {
                // Content-Encoding | added | undone, outermost first | left
                "gzip             | gzip       | gzip     | -",
                "X-GZIP           | gzip       | gzip     | -",
                "gzip, br         | br         | br       | gzip",
                "br, gzip         | br         | gzip br  | -",
                "gzip, br, zstd   | gzip       | zstd br gzip | -",
                "foo, br          | br         | br       | foo",
                "br, foo          | br         | foo br   | -",
                "gzip             | br         | -        | -",
                "identity, br     | br         | br       | -",
                "gzip; BR         | br         | br       | gzip",
                "-                | br         | -        | -"
            })
    void what_lies_around_a_coding_that_was_added_is_undone_with_it(
            String fields, String added, String undone, String left) {
        HeaderList headers = new HeaderList();
        if (fields != null) {
            Arrays.stream(fields.split("; ")).forEach(field -> headers.add("Content-Encoding", field));
        }
        ResponseHead head = head(200, headers);
        Codings codings = DecodedHead.codings(head, Set.of(added.split(" ")));
        assertThat(codings.undone()).isEqualTo(words(undone));
        assertThat(codings.left()).isEqualTo(words(left));
        if (undone != null) {
            assertThat(DecodedHead.without(head, codings).headers().getAll("Content-Encoding"))
                    .isEqualTo(left == null ? List.of() : List.of(left));
        }
        assertThat(DecodedHead.codings(head(206, headers), Set.of(added)).undone())
                .isEmpty();
    }

    private static List<String> words(String text) {
        return text == null ? List.of() : List.of(text.split(" "));
    }

    private static ResponseHead head(int status, HeaderList headers) {
        return new ResponseHead(status, "", headers, 10, Protocol.H1);
    }
}
