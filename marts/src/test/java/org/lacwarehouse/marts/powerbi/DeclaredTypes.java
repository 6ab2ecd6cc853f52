package org.lacwarehouse.marts.powerbi;

import java.util.Map;
import java.util.TreeMap;
import org.lacwarehouse.marts.gold.Catalogue;
import org.lacwarehouse.marts.publish.Publication;

/** Marts of two councils as if they had been published, with types by the names of the columns. */
public final class DeclaredTypes {
    private DeclaredTypes() {}

    /** What would be published of a catalogue. */
    public static Publication.Published of(Catalogue catalogue) {
        Map<String, Map<String, String>> types = new TreeMap<>();
        catalogue.tables().forEach((name, table) -> {
            Map<String, String> columns = new TreeMap<>();
            table.columns().keySet().forEach(column -> columns.put(column, type(column)));
            types.put(name, columns);
        });
        return new Publication.Published(types, new TreeMap<>(Map.of("826", "Milton Keynes", "887", "Medway")));
    }

    private static String type(String column) {
        if (column.endsWith("_key") || column.equals("sort_order")) {
            return "int4";
        }
        if (column.matches("(is|has)_.*")) {
            return "bool";
        }
        if (column.matches("(.*_)?(date|end|start)")) {
            return "date";
        }
        return column.matches(".*(value|mean|median|numerator|denominator|difference)") ? "float8" : "text";
    }
}
