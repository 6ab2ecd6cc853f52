package org.lacwarehouse.marts.gold;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The columns of a fact with the names of what its keys refer to.
 *
 * @param words the comment of each column, in the order of the SELECT
 * @param sources the table and column that each is read from
 * @param select how each is written in a SELECT in which the fact is called {@code fact}
 * @param joins the joins of what the keys refer to, to be written after the fact
 */
public record NamedColumns(Map<String, String> words, Map<String, Source> sources, List<String> select, String joins) {
    /** A column of a table. */
    public record Source(String table, String column) {}

    /** @param schema what stands before each table's name, such as {@code mart.} */
    public static NamedColumns of(MartTable fact, Map<String, MartTable> tables, String schema) {
        Map<String, String> words = new LinkedHashMap<>(fact.columns());
        Map<String, Source> sources = new LinkedHashMap<>();
        List<String> select = new ArrayList<>();
        StringBuilder joins = new StringBuilder();
        fact.columns().keySet().forEach(column -> {
            sources.put(column, new Source(fact.name(), column));
            select.add("fact." + column);
        });
        fact.columns().keySet().stream().filter(fact.foreignKeys()::containsKey).forEach(key -> {
            String dimension = fact.foreignKeys().get(key);
            String role = key.replaceFirst("_key$", "");
            MartTable referred = tables.get(dimension);
            List<String> added = new ArrayList<>();
            referred.columns().forEach((column, about) -> {
                String shown = column.equals("name") ? role + "_name" : column;
                if ((column.equals("name") || column.endsWith("_name"))
                        && !column.equals("group_name")
                        && !dimension.equals("dim_date")
                        && !words.containsKey(shown)) {
                    words.put(shown, about);
                    sources.put(shown, new Source(dimension, column));
                    added.add(role + "." + column + " as " + shown);
                }
            });
            if (!added.isEmpty()) {
                select.addAll(added);
                joins.append("\njoin ")
                        .append(schema)
                        .append(dimension)
                        .append(" ")
                        .append(role)
                        .append(" on ")
                        .append(role)
                        .append(".")
                        .append(referred.primaryKey().get(0))
                        .append(" = fact.")
                        .append(key);
            }
        });
        return new NamedColumns(words, sources, List.copyOf(select), joins.toString());
    }
}
