package org.lacwarehouse.pipeline.contract;

import java.io.Serializable;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What is agreed about one dataset: one file {@code conf/sources/<source>/<dataset>.yml}.
 *
 * @param source the system it comes from, such as {@code social_care}
 * @param dataset its name, such as {@code episodes}
 * @param about what one row is
 * @param columns its columns in the standard order
 * @param key the names of the columns that identify a row within a snapshot; empty when only the whole row does
 * @param outsideKey columns and codes that take rows out of the key: of rows with such a code only exact duplicates are
 *     dropped ({@code LS} with {@code V3}, {@code V4}); empty when there is none
 * @param repairs the name of the documented repairs that are applied to the rows of a child, or empty
 * @param neededBy the marts that cannot be built without it
 * @param digest changes whenever the contract, one of its code lists or the program that checks by it changes
 */
public record Contract(
        String source,
        String dataset,
        String about,
        List<Column> columns,
        List<String> key,
        Map<String, List<String>> outsideKey,
        String repairs,
        List<String> neededBy,
        String digest)
        implements Serializable {
    private static final Set<String> NATIONAL_SOURCES = Set.of("reference", "benchmarks");

    /** {@code source/dataset}, the name used in messages and options. */
    public String id() {
        return source + "/" + dataset;
    }

    /** The column of that standard name. */
    public Column column(String name) {
        return columns.stream()
                .filter(column -> column.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException(id() + " has no column " + name));
    }

    /** The columns that a layer holds: silver takes the open and the personal ones, the vault its own. */
    public List<Column> columnsIn(Privacy... classes) {
        return columns.stream()
                .filter(c -> List.of(classes).contains(c.privacy()))
                .toList();
    }

    /** Whether the dataset belongs to no one council and lies under {@code national}. */
    public boolean isNational() {
        return NATIONAL_SOURCES.contains(source);
    }

    /** Whether rows of this dataset reach silver; a dataset that only says who a child is stays in the vault. */
    public boolean hasSilver() {
        return columnsIn(Privacy.OPEN, Privacy.PERSONAL).stream().anyMatch(c -> c.type() != ColumnType.CHILD);
    }

    /** Whether any column of this dataset belongs in the vault. */
    public boolean hasVault() {
        return !columnsIn(Privacy.VAULT).isEmpty();
    }

    /** The standard name of a header cell: capitals, spaces, hyphens and known aliases do not matter. */
    public Optional<String> standardName(String header) {
        return Optional.ofNullable(bySpelling().get(normal(header)));
    }

    private Map<String, String> bySpelling() {
        Map<String, String> names = new HashMap<>();
        columns.forEach(column -> column.spellings().forEach(spelling -> names.put(spelling, column.name())));
        return names;
    }

    /** A header cell in the form in which headers are compared. */
    public static String normal(String header) {
        return header.strip().toUpperCase(Locale.ROOT).replaceAll("[\\s_-]+", "_");
    }
}
