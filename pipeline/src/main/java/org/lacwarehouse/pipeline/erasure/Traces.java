package org.lacwarehouse.pipeline.erasure;

import java.io.Serializable;
import java.text.Normalizer;
import java.time.LocalDate;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.Set;
import org.lacwarehouse.pipeline.linkage.Names;
import org.lacwarehouse.pipeline.linkage.PersonNumbers;

/**
 * Everything by which a child can be found in the data: what is looked for when the child is erased, and afterwards to
 * prove that nothing is left. What another child of the authority shares is not in it.
 *
 * @param authority the three-digit code of the authority
 * @param child the council's own id of the child
 * @param childId the pseudonym
 * @param numbers NHS numbers and UPNs in the form in which they are compared
 * @param names the names with the dates of birth
 * @param people the pseudonyms of the people of other systems who are the child
 */
public record Traces(
        String authority, String child, String childId, Set<String> numbers, Set<Named> names, Set<String> people)
        implements Serializable {
    private static final DateTimeFormatter DAY_FIRST = DateTimeFormatter.ofPattern("dd/MM/yyyy", Locale.UK);

    /** A name with a date of birth; neither says who somebody is without the other. */
    public record Named(String forename, String surname, LocalDate born) implements Serializable {
        /** In the form in which names are compared; {@code null} when a part is missing. */
        static Named of(String forename, String surname, LocalDate born) {
            String first = forename == null ? "" : Names.normal(forename);
            String last = surname == null ? "" : Names.normal(surname);
            return first.isEmpty() || last.isEmpty() || born == null ? null : new Named(first, last, born);
        }

        private boolean isIn(String text) {
            if (!text.contains(born.toString()) && !text.contains(DAY_FIRST.format(born))) {
                return false;
            }
            String words = words(text);
            return has(words, forename) && has(words, surname);
        }

        /** Whether a name stands in words, as one word or as several: {@code ANNEMARIE} in {@code ANNE MARIE}. */
        private static boolean has(String words, String name) {
            for (int start = 0; start < words.length(); start++) {
                if (words.charAt(start) == ' ') {
                    int at = start + 1;
                    int matched = 0;
                    while (matched < name.length() && at < words.length()) {
                        char c = words.charAt(at++);
                        if (c == name.charAt(matched)) {
                            matched++;
                        } else if (c != ' ' || matched == 0) {
                            break;
                        }
                    }
                    if (matched == name.length() && at < words.length() && words.charAt(at) == ' ') {
                        return true;
                    }
                }
            }
            return false;
        }

        private static String words(String text) {
            return " "
                    + Normalizer.normalize(text, Normalizer.Form.NFKD)
                            .replaceAll("\\p{M}", "")
                            .toUpperCase(Locale.ROOT)
                            .replaceAll("\\P{L}+", " ")
                    + " ";
        }
    }

    /**
     * Whether a text says anything of the child: a pseudonym, a number however it is spaced, or name and date of birth
     * together. The council's own id is for the column of that id to be looked for in: it may be an ordinary number.
     */
    public boolean areIn(String text) {
        if (text.contains(childId) || people.stream().anyMatch(text::contains)) {
            return true;
        }
        if (!numbers.isEmpty()) {
            String closed = PersonNumbers.normal(text);
            if (numbers.stream().anyMatch(closed::contains)) {
                return true;
            }
        }
        return names.stream().anyMatch(named -> named.isIn(text));
    }
}
