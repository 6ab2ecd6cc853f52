package org.lacwarehouse.pipeline.contract;

import de.siegmar.fastcsv.reader.CommentStrategy;
import de.siegmar.fastcsv.reader.CsvReader;
import de.siegmar.fastcsv.reader.NamedCsvRecord;
import java.io.Serializable;
import java.time.LocalDate;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.lacwarehouse.pipeline.conf.Conf;
import org.lacwarehouse.pipeline.conf.ConfFile;

/**
 * A list of standard codes, from one file {@code conf/codes/<name>.csv}: the codes a column may hold and the dimension
 * that names them, in one place. A first comment line says what the list is; a line {@code # dimension} makes it a
 * dimension table {@code dim_<name>} of the marts.
 */
public final class CodeList implements Serializable {
    private static final long serialVersionUID = 1L;
    private static final List<String> COLUMNS =
            List.of("key", "code", "name", "group_name", "valid_from", "valid_to", "aliases");

    private final String name;
    private final String title;
    private final boolean dimension;
    private final List<Code> codes;
    private final Map<String, Code> bySpelling;

    private CodeList(String name, String title, boolean dimension, List<Code> codes, Map<String, Code> bySpelling) {
        this.name = name;
        this.title = title;
        this.dimension = dimension;
        this.codes = codes;
        this.bySpelling = bySpelling;
    }

    /** All code lists of a configuration by name. */
    public static Map<String, CodeList> all(Conf conf) {
        Map<String, CodeList> lists = new LinkedHashMap<>();
        for (ConfFile file : conf.files("codes", "csv")) {
            lists.put(file.baseName(), read(file));
        }
        return lists;
    }

    private static CodeList read(ConfFile file) {
        List<Code> codes = new ArrayList<>();
        Map<String, Code> bySpelling = new HashMap<>();
        Set<Integer> keys = new HashSet<>();
        for (NamedCsvRecord line :
                CsvReader.builder().commentStrategy(CommentStrategy.SKIP).ofNamedCsvRecord(file.text())) {
            int number = (int) line.getStartingLineNumber();
            if (!line.getHeader().equals(COLUMNS)) {
                throw file.error(number, "the columns of a code list are " + String.join(",", COLUMNS));
            }
            Code code = code(file, number, line);
            if (code.key() <= 0 || !keys.add(code.key())) {
                throw file.error(number, "key must be a whole number above 0 that no other code of the list has");
            }
            codes.add(code);
            List<String> spellings = new ArrayList<>(code.aliases());
            spellings.add(code.code());
            for (String spelling : spellings) {
                if (bySpelling.put(normal(spelling), code) != null) {
                    throw file.error(number, "`" + spelling + "` already means a code of this list");
                }
            }
        }
        List<String> comments = file.text()
                .lines()
                .takeWhile(line -> line.startsWith("#"))
                .map(line -> line.substring(1).strip())
                .toList();
        if (comments.isEmpty()) {
            throw file.error(1, "the first line must be a comment that says what the list is");
        }
        return new CodeList(file.baseName(), comments.get(0), comments.contains("dimension"), codes, bySpelling);
    }

    private static Code code(ConfFile file, int number, NamedCsvRecord line) {
        try {
            return new Code(
                    Integer.parseInt(line.getField("key")),
                    line.getField("code"),
                    line.getField("name"),
                    line.getField("group_name"),
                    date(line.getField("valid_from")),
                    date(line.getField("valid_to")),
                    Arrays.stream(line.getField("aliases").split(" "))
                            .filter(alias -> !alias.isBlank())
                            .toList());
        } catch (NumberFormatException e) {
            throw file.error(number, "key must be a whole number");
        } catch (DateTimeParseException e) {
            throw file.error(number, "valid_from and valid_to are dates like 2024-04-01, or blank");
        }
    }

    private static LocalDate date(String text) {
        return text.isBlank() ? null : LocalDate.parse(text);
    }

    static String normal(String spelling) {
        return spelling.strip().toUpperCase(Locale.ROOT);
    }

    /** The list's name, which is its file's: {@code legal_status}. */
    public String name() {
        return name;
    }

    /** What the list is, for people: the comment of the dimension table. */
    public String title() {
        return title;
    }

    /** Whether the list is published as a dimension table. */
    public boolean isDimension() {
        return dimension;
    }

    /** The codes in file order, which is the order people expect to read them in. */
    public List<Code> codes() {
        return codes;
    }

    /** The code that a spelling means; capitals and spaces around it do not matter. */
    public Optional<Code> find(String spelling) {
        return Optional.ofNullable(bySpelling.get(normal(spelling)));
    }
}
