package org.lacwarehouse.jobs.explain;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import org.lacwarehouse.jobs.explain.Marts.Part;
import org.lacwarehouse.jobs.explain.Marts.SourceRow;

/**
 * What differs in a figure between two versions of the marts.
 *
 * @param groups the children by what became of them, in words; those that count as before are left out
 */
public record Changes(Map<String, List<String>> groups) {
    /** Compares the children of an earlier version with those of a later one. */
    public static Changes between(Map<String, Part> before, Map<String, Part> now) {
        Set<String> all = new TreeSet<>(before.keySet());
        all.addAll(now.keySet());
        Map<String, List<String>> groups = new LinkedHashMap<>();
        // In the order in which people ask.
        for (String title : List.of(
                "Came", "Went", "Now also in the numerator", "No longer in the numerator", "Counts otherwise")) {
            groups.put(title, new ArrayList<>());
        }
        for (String child : all) {
            Part was = before.get(child);
            Part is = now.get(child);
            if (!Objects.equals(was, is)) {
                groups.get(
                                was == null
                                        ? "Came"
                                        : is == null
                                                ? "Went"
                                                : is.inNumerator() == was.inNumerator()
                                                        ? "Counts otherwise"
                                                        : is.inNumerator()
                                                                ? "Now also in the numerator"
                                                                : "No longer in the numerator")
                        .add(child);
            }
        }
        groups.values().removeIf(List::isEmpty);
        return new Changes(groups);
    }

    /** All children that count otherwise than before. */
    public Set<String> children() {
        Set<String> children = new TreeSet<>();
        groups.values().forEach(children::addAll);
        return children;
    }

    /**
     * What differs between the rows of a child.
     *
     * @param gone rows that are no longer delivered, or are no longer matched to the child
     * @param come rows that were not there before
     * @param corrected rows of the same dataset and day that say something else now, by what they were
     */
    public record Rows(List<SourceRow> gone, List<SourceRow> come, Map<SourceRow, SourceRow> corrected) {
        /** Whether the rows say the same. */
        public boolean isEmpty() {
            return gone.isEmpty() && come.isEmpty() && corrected.isEmpty();
        }
    }

    /** Compares the rows of a child; that a row stands in another file, or on another line, is no difference. */
    public static Rows rows(List<SourceRow> before, List<SourceRow> now) {
        List<SourceRow> gone = new ArrayList<>(before);
        List<SourceRow> come = new ArrayList<>();
        for (SourceRow row : now) {
            if (!take(gone, row.sameAs())) {
                come.add(row);
            }
        }
        Map<SourceRow, SourceRow> corrected = new LinkedHashMap<>();
        Iterator<SourceRow> each = come.iterator();
        while (each.hasNext()) {
            SourceRow row = each.next();
            gone.stream()
                    .filter(old -> old.dataset().equals(row.dataset()) && Objects.equals(old.day(), row.day()))
                    .findFirst()
                    .ifPresent(old -> {
                        gone.remove(old);
                        corrected.put(old, row);
                        each.remove();
                    });
        }
        return new Rows(gone, come, corrected);
    }

    private static boolean take(List<SourceRow> rows, String same) {
        Iterator<SourceRow> each = rows.iterator();
        while (each.hasNext()) {
            if (each.next().sameAs().equals(same)) {
                each.remove();
                return true;
            }
        }
        return false;
    }
}
