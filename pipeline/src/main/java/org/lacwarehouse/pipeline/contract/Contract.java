package org.lacwarehouse.pipeline.contract;

import java.io.Serializable;
import java.time.LocalDate;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.lacwarehouse.pipeline.lake.Digest;

/**
 * What is agreed about one dataset: one file {@code conf/sources/<source>/<dataset>.yml}.
 *
 * @param source the system it comes from, such as {@code social_care}
 * @param dataset its name, such as {@code episodes}
 * @param about what one row is
 * @param columns its columns in the standard order
 * @param key what identifies a row within a snapshot; empty when only the whole row does
 * @param outsideKey columns and codes that take rows out of the key: of rows with such a code only exact duplicates are
 *     dropped ({@code LS} with {@code V3}, {@code V4}); empty when there is none
 * @param repairs the name of the documented repairs that are applied to the rows of a child, or empty
 * @param namesChildren whether it is the dataset that names the children of its source: rows of the others about a child
 *     that it does not name are flagged as orphans
 * @param isRegister whether it holds no history of its own, only how things stand at the extract date: what held earlier
 *     is read from the earlier snapshots
 * @param person by which columns a row of another system says whom it is about; null where it carries the council's own
 *     child id, or is about nobody
 * @param checks the contradictions that are looked for
 * @param order the columns by which a child's rows are ordered where a check looks at the one before or after
 * @param neededBy the marts that cannot be built without it
 * @param councils what councils spell in their own way, by their three-digit code
 * @param digest changes whenever the contract, one of its code lists or the program that checks by it changes
 */
public record Contract(
        String source,
        String dataset,
        String about,
        List<Column> columns,
        List<KeyPart> key,
        Map<String, List<String>> outsideKey,
        String repairs,
        boolean namesChildren,
        boolean isRegister,
        PersonColumns person,
        List<Check> checks,
        List<String> order,
        List<String> neededBy,
        Map<String, CouncilSpelling> councils,
        String digest)
        implements Serializable {
    /**
     * What one council spells in its own way: one file {@code conf/councils/<code>/<source>/<dataset>.yml}.
     *
     * @param headers its header spellings by standard column name
     * @param codes its code spellings by standard column name
     * @param digest changes whenever the file changes
     */
    public record CouncilSpelling(Map<String, List<Alias>> headers, Map<String, List<Alias>> codes, String digest)
            implements Serializable {}

    /** The source of published data sets, whose rows are read by a description instead of columns. */
    public static final String BENCHMARKS = "benchmarks";

    private static final Set<String> NATIONAL_SOURCES = Set.of("reference", BENCHMARKS);

    /** This contract as it holds for an extract of a date of an authority: with the spellings that it uses then. */
    public Contract agreedWith(String authority, LocalDate extractDate) {
        CouncilSpelling own = councils.getOrDefault(authority, new CouncilSpelling(Map.of(), Map.of(), ""));
        return new Contract(
                source,
                dataset,
                about,
                columns.stream()
                        .map(column -> column.on(
                                extractDate,
                                own.headers().getOrDefault(column.name(), List.of()),
                                own.codes().getOrDefault(column.name(), List.of())))
                        .toList(),
                key,
                outsideKey,
                repairs,
                namesChildren,
                isRegister,
                person,
                checks,
                order,
                neededBy,
                Map.of(),
                own.digest().isEmpty() ? digest : Digest.of(digest, own.digest()));
    }

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

    /** Whether it is a published data set. */
    public boolean isBenchmark() {
        return source.equals(BENCHMARKS);
    }

    /** Whether the dataset belongs to no one council and lies under {@code national}. */
    public boolean isNational() {
        return NATIONAL_SOURCES.contains(source);
    }

    /** Whether rows of this dataset reach silver; a dataset that only says who a child is stays in the vault. */
    public boolean hasSilver() {
        return columnsIn(Privacy.OPEN, Privacy.PERSONAL).stream().anyMatch(c -> c.type() != ColumnType.CHILD);
    }

    /** Whether rows of this dataset are kept in the vault; who rows of other systems are about is kept there by person. */
    public boolean hasVault() {
        return person == null && !columnsIn(Privacy.VAULT).isEmpty();
    }

    /** Whether it says who the council's own children are, by names and numbers: what people are matched to. */
    public boolean isIdentity() {
        return isAboutChildren() && !hasSilver();
    }

    /** Whether its rows carry the council's own child id. */
    public boolean isAboutChildren() {
        return columns.stream().anyMatch(column -> column.type() == ColumnType.CHILD);
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
