package org.lacwarehouse.jobs.pack;

import java.time.LocalDate;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The charts of a table, one for each unit of its figures, and what they show in words. */
final class Charts {
    private Charts() {}

    static List<Pack.Chart> of(Layout.Part part, List<Drawn> rows, List<Pack.Row> own, List<LocalDate> ends) {
        if (part.chart().isEmpty()) {
            return List.of();
        }
        Map<String, List<Pack.Series>> byUnit = new LinkedHashMap<>();
        for (int i = 0; i < rows.size(); i++) {
            byUnit.computeIfAbsent(rows.get(i).unit(), unit -> new ArrayList<>())
                    .add(new Pack.Series(
                            own.get(i).name(),
                            own.get(i).cells().stream().map(Pack.Cell::value).toList()));
        }
        List<Pack.Chart> charts = new ArrayList<>();
        byUnit.forEach((unit, series) -> {
            if (series.stream()
                    .allMatch(line -> line.values().stream()
                                    .filter(value -> value != null)
                                    .count()
                            < 2)) {
                return;
            }
            String title = series.size() == 1 ? series.get(0).name() : part.caption();
            charts.add(new Pack.Chart(
                    title,
                    part.chart(),
                    unit,
                    ends.stream().map(Wording::month).toList(),
                    series,
                    words(part.chart(), unit, series, ends)));
        });
        return charts;
    }

    /** What a chart shows, for those who do not see it. */
    private static String words(String kind, String unit, List<Pack.Series> series, List<LocalDate> ends) {
        StringBuilder words = new StringBuilder(kind.equals("line") ? "Line chart." : "Bar chart.");
        for (Pack.Series line : series) {
            int first = -1;
            int last = -1;
            int low = -1;
            int high = -1;
            int hidden = 0;
            for (int i = 0; i < ends.size(); i++) {
                Double value = line.values().get(i);
                if (value == null) {
                    hidden++;
                    continue;
                }
                first = first < 0 ? i : first;
                last = i;
                low = low < 0 || value < line.values().get(low) ? i : low;
                high = high < 0 || value > line.values().get(high) ? i : high;
            }
            words.append(' ').append(line.name()).append(": ");
            if (first < 0) {
                words.append("no figure is shown.");
                continue;
            }
            words.append(Wording.text(line.values().get(first), unit))
                    .append(" at ")
                    .append(Wording.date(ends.get(first)));
            if (last > first) {
                words.append(", ")
                        .append(Wording.text(line.values().get(last), unit))
                        .append(" at ")
                        .append(Wording.date(ends.get(last)))
                        .append("; lowest ")
                        .append(Wording.text(line.values().get(low), unit))
                        .append(", highest ")
                        .append(Wording.text(line.values().get(high), unit));
            }
            words.append(hidden == 0 ? "." : "; " + hidden + " of " + ends.size() + " not shown.");
        }
        return words.toString();
    }
}
