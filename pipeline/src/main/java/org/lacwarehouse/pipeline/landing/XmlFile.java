package org.lacwarehouse.pipeline.landing;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** The rows of one dataset of an XML file. */
final class XmlFile implements TableFile {
    private static final Set<String> NO = Set.of("", "0", "N", "NO", "FALSE");

    private final XmlRecords records;
    private final XmlTable table;
    private final Deque<TableRow> rows = new ArrayDeque<>();
    private long line = 1;

    private XmlFile(XmlRecords records, XmlTable table) {
        this.records = records;
        this.table = table;
    }

    static XmlFile open(Path path, XmlTable table) throws IOException {
        return new XmlFile(XmlRecords.open(path), table);
    }

    @Override
    public List<String> header() {
        List<String> header = new ArrayList<>(table.own());
        header.addAll(table.inherited());
        return header;
    }

    @Override
    public TableRow next() throws IOException {
        while (rows.isEmpty()) {
            List<XmlRecord> group = records.next();
            if (group == null) {
                return null;
            }
            XmlRecord who = group.stream()
                    .filter(found -> found.kind().equals(table.who()))
                    .findFirst()
                    .orElse(null);
            group.stream().filter(this::isRow).forEach(found -> rows.add(row(found, who)));
        }
        return rows.removeFirst();
    }

    private boolean isRow(XmlRecord found) {
        if (!table.kinds().contains(found.kind())) {
            return false;
        }
        return table.onlyWith().isEmpty() && table.flag().isEmpty()
                || !NO.contains(
                        found.fields().getOrDefault(table.flag(), "").strip().toUpperCase(Locale.ROOT))
                || table.onlyWith().stream()
                        .anyMatch(
                                field -> !found.fields().getOrDefault(field, "").isBlank());
    }

    private TableRow row(XmlRecord found, XmlRecord who) {
        List<String> cells = new ArrayList<>();
        table.own().forEach(field -> cells.add(found.fields().getOrDefault(field, "")));
        table.inherited().forEach(field -> cells.add(inherited(field, found, who)));
        if (table.onlyWith().isEmpty() && table.flag().isEmpty()) {
            cells.addAll(found.repeated());
        }
        // Of several rows that begin on one line, as in a file without line ends, each must have a place of its own.
        line = Math.max(line + 1, found.line());
        return new TableRow(line, cells);
    }

    private static String inherited(String field, XmlRecord found, XmlRecord who) {
        for (XmlRecord outer = found.parent(); outer != null; outer = outer.parent()) {
            String value = outer.fields().get(field);
            if (value != null) {
                return value;
            }
        }
        return who == null ? "" : who.fields().getOrDefault(field, "");
    }

    @Override
    public void close() throws IOException {
        records.close();
    }
}
