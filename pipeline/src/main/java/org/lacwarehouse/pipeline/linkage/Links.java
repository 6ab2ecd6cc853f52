package org.lacwarehouse.pipeline.linkage;

import de.siegmar.fastcsv.reader.CommentStrategy;
import de.siegmar.fastcsv.reader.CsvReader;
import de.siegmar.fastcsv.reader.NamedCsvRecord;
import java.io.Serializable;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.lacwarehouse.pipeline.conf.Conf;
import org.lacwarehouse.pipeline.conf.ConfFile;

/**
 * The matches that people have confirmed: {@code conf/links.csv}.
 *
 * @param byAuthority by authority, the child's pseudonym for each person's pseudonym
 */
record Links(Map<String, Map<String, String>> byAuthority) implements Serializable {
    private static final List<String> COLUMNS =
            List.of("la_code", "source", "record_ref", "child_id", "decided_by", "decided_on");

    /**
     * Reads the file.
     *
     * @throws org.lacwarehouse.pipeline.conf.ConfException with file and line when it holds something else
     */
    static Links read(Conf conf) {
        ConfFile file = conf.file("links.csv");
        Map<String, Map<String, String>> links = new HashMap<>();
        for (NamedCsvRecord line :
                CsvReader.builder().commentStrategy(CommentStrategy.SKIP).ofNamedCsvRecord(file.text())) {
            int number = (int) line.getStartingLineNumber();
            if (!line.getHeader().equals(COLUMNS)) {
                throw file.error(number, "the columns of confirmed links are " + String.join(",", COLUMNS));
            }
            String person = line.getField("record_ref").strip();
            String child = line.getField("child_id").strip();
            if (!person.matches("[0-9a-f]{32}") || !child.matches("[0-9a-f]{32}")) {
                throw file.error(
                        number,
                        "record_ref and child_id are copied from audit.match_proposal: 32 hexadecimal digits each");
            }
            if (links.computeIfAbsent(line.getField("la_code").strip(), code -> new HashMap<>())
                            .put(person, child)
                    != null) {
                throw file.error(number, "this record_ref is confirmed twice");
            }
        }
        return new Links(links);
    }

    Map<String, String> of(String authority) {
        return byAuthority.getOrDefault(authority, Map.of());
    }
}
