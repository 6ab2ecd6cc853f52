package org.lacwarehouse.jobs;

import de.siegmar.fastcsv.reader.CsvReader;
import de.siegmar.fastcsv.reader.NamedCsvRecord;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.text.Normalizer;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Every name, NHS number, UPN, date of birth and postcode that stands in the files of a landing zone, and a search for them
 * in any text that knows nothing of how the program writes them.
 */
final class Secrets {
    private static final Pattern NEITHER_LETTER_NOR_DIGIT = Pattern.compile("[^\\p{L}\\p{N}]");
    private static final Pattern BETWEEN_WORDS = Pattern.compile("[^\\p{L}\\p{M}\\p{N}]+");
    private static final Set<String> DATES_OF_BIRTH = Set.of("DOB", "MC_DOB");
    private static final Set<String> POSTCODES = Set.of("POSTCODE", "HOME_POST", "PL_POST");

    private final Set<String> words = new HashSet<>();
    private final Set<String> names = new HashSet<>();
    private final Map<String, LocalDate> births = new HashMap<>();
    private final Set<String> otherDates = new HashSet<>();

    /** Reads all CSV files of the councils. */
    Secrets(Path landing) throws IOException {
        try (Stream<Path> paths = Files.walk(landing)) {
            for (Path file : paths.filter(path -> path.toString().endsWith(".csv"))
                    .filter(path -> !landing.relativize(path).startsWith("national"))
                    .toList()) {
                try (CsvReader<NamedCsvRecord> rows = CsvReader.builder().ofNamedCsvRecord(file)) {
                    String authority = landing.relativize(file).getName(0).toString();
                    rows.forEach(row -> read(authority, row.getFieldsAsMap()));
                }
            }
        }
    }

    private void read(String authority, Map<String, String> row) {
        row.forEach((column, value) -> {
            if (value.isBlank()) {
                return;
            }
            if (Set.of("NHS_NUMBER", "UPN").contains(column)) {
                words.add(word(value));
            } else if (POSTCODES.contains(column)) {
                words.add(word(value));
            } else if (DATES_OF_BIRTH.contains(column)) {
                if (column.equals("DOB") && row.containsKey("CHILD")) {
                    births.put(authority + "/" + row.get("CHILD"), date(value));
                }
            } else {
                otherDates.add(value);
            }
        });
        String forename = word(row.getOrDefault("FORENAME", ""));
        String surname = word(row.getOrDefault("SURNAME", ""));
        if (!forename.isEmpty() && !surname.isEmpty()) {
            names.add(forename + surname);
            names.add(surname + forename);
        }
    }

    /** Something that only these tests' files hold. */
    Secrets with(String rareWord) {
        words.add(word(rareWord));
        return this;
    }

    int size() {
        return words.size() + names.size();
    }

    /** The dates of birth that are no other date in any file, by authority and the council's own child id. */
    Map<String, LocalDate> births() {
        Map<String, LocalDate> only = new HashMap<>(births);
        only.values()
                .removeIf(born -> born.getDayOfMonth() == 1
                        || otherDates.contains(born.toString())
                        || otherDates.contains(String.format(
                                "%02d/%02d/%d", born.getDayOfMonth(), born.getMonthValue(), born.getYear())));
        return only;
    }

    /** The numbers, postcodes and full names that a text holds, however they are spaced and spelt. */
    List<String> in(String text) {
        List<String> found = new ArrayList<>();
        String[] parts = BETWEEN_WORDS.split(text);
        for (int i = 0; i < parts.length; i++) {
            parts[i] = word(parts[i]);
        }
        for (int i = 0; i < parts.length; i++) {
            StringBuilder joined = new StringBuilder();
            for (int end = i; end < Math.min(parts.length, i + 5); end++) {
                joined.append(parts[end]);
                String candidate = joined.toString();
                if (words.contains(candidate) || end > i && names.contains(candidate)) {
                    found.add(candidate);
                }
            }
        }
        return found;
    }

    static LocalDate date(String text) {
        return text.contains("/")
                ? LocalDate.of(
                        Integer.parseInt(text.substring(6)),
                        Integer.parseInt(text.substring(3, 5)),
                        Integer.parseInt(text.substring(0, 2)))
                : LocalDate.parse(text);
    }

    /** Letters and digits only, in capitals and without accents. */
    static String word(String text) {
        boolean plain = true;
        for (int i = 0; i < text.length() && plain; i++) {
            char c = text.charAt(i);
            plain = c >= '0' && c <= '9' || c >= 'A' && c <= 'Z';
        }
        return plain
                ? text
                : NEITHER_LETTER_NOR_DIGIT
                        .matcher(Normalizer.normalize(text, Normalizer.Form.NFKD))
                        .replaceAll("")
                        .toUpperCase(Locale.ROOT);
    }
}
