package org.lacwarehouse.pipeline.benchmark;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;

/**
 * A data set that DfE publishes on Explore education statistics, as {@code conf/benchmarks/<name>.yml} describes it: what
 * its files are called, how its columns and labels are spelled from release to release, and which series it holds.
 *
 * @param name its name
 * @param about what it is
 * @param files a regular expression for the names of its files, without the extension
 * @param columns the header spellings of each column, in the form in which headers are compared; of those that a file has,
 *     the first one counts
 * @param series what is read from it
 */
public record DataSet(String name, String about, String files, Map<String, List<String>> columns, List<Series> series)
        implements Serializable {
    /** The columns that every data set has, named alike in all releases. */
    static final List<String> COMMON =
            List.of("TIME_PERIOD", "TIME_IDENTIFIER", "GEOGRAPHIC_LEVEL", "REGION_CODE", "OLD_LA_CODE");

    /** Whether a file of that name, without its extension, is one of this data set. */
    public boolean isNamed(String stem) {
        return Pattern.matches(files, stem);
    }

    /**
     * Which header cell holds each column.
     *
     * @param header the header of a file, in the form in which headers are compared
     * @return the header's name by the name that the description uses; a column that the header lacks is not there
     */
    public Map<String, String> resolve(Collection<String> header) {
        Set<String> present = Set.copyOf(header);
        Map<String, String> found = new LinkedHashMap<>();
        columns.forEach((column, spellings) -> spellings.stream()
                .filter(present::contains)
                .findFirst()
                .ifPresent(spelling -> found.put(column, spelling)));
        return found;
    }

    /** The columns whose labels tell which series a row belongs to. */
    public Set<String> labelColumns() {
        Set<String> found = new LinkedHashSet<>();
        series.forEach(one -> {
            found.addAll(one.where().keySet());
            found.addAll(one.denominatorWhere().keySet());
            if (one.breakdownColumn() != null) {
                found.add(one.breakdownColumn());
            }
        });
        return found;
    }

    /** Looks at a file as it is read for the first time. */
    public Inspection inspect(List<String> header) {
        return new Inspection(header);
    }

    /** What of a data set's description a file has: its columns at once, its labels as its rows go by. */
    public final class Inspection {
        private final List<String> missing = new ArrayList<>();
        private final Map<String, String> names;
        private final Map<String, Set<String>> labels = new LinkedHashMap<>();

        private Inspection(List<String> header) {
            names = resolve(header);
            COMMON.stream().filter(column -> !header.contains(column)).forEach(missing::add);
            columns.forEach((column, spellings) -> {
                if (!names.containsKey(column)) {
                    missing.add(String.join(" (or ", spellings) + ")".repeat(spellings.size() - 1));
                }
            });
            labelColumns().forEach(column -> labels.put(column, new HashSet<>()));
        }

        /** The columns that the header lacks, with the spellings that are known. */
        public List<String> missingColumns() {
            return missing;
        }

        /** @param row the values by header name */
        public void look(UnaryOperator<String> row) {
            labels.forEach((column, seen) -> seen.add(row.apply(names.get(column))));
        }

        /** The first label that no row has although the description needs it, in words. */
        public Optional<String> missingLabel() {
            for (Series one : series) {
                for (Map<String, List<String>> where : List.of(one.where(), one.denominatorWhere())) {
                    for (Map.Entry<String, List<String>> condition : where.entrySet()) {
                        Optional<String> lacking = lacking(condition.getKey(), condition.getValue());
                        if (lacking.isPresent()) {
                            return lacking;
                        }
                    }
                }
                Map<String, List<String>> spellings = new LinkedHashMap<>();
                one.breakdowns().forEach((label, group) -> spellings
                        .computeIfAbsent(group, g -> new ArrayList<>())
                        .add(label));
                for (List<String> group : spellings.values()) {
                    Optional<String> lacking = lacking(one.breakdownColumn(), group);
                    if (lacking.isPresent()) {
                        return lacking;
                    }
                }
            }
            return Optional.empty();
        }

        private Optional<String> lacking(String column, List<String> spellings) {
            Set<String> seen = labels.get(column);
            return seen.stream().map(Labels::normal).anyMatch(spellings::contains)
                    ? Optional.empty()
                    : Optional.of("no row has `" + String.join("` or `", new LinkedHashSet<>(spellings))
                            + "` in the column " + names.get(column));
        }
    }
}
