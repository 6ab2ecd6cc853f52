package org.lacwarehouse.jobs.pack;

import java.time.LocalDate;
import java.util.List;
import java.util.function.Function;
import org.lacwarehouse.jobs.pack.Pack.Cell;

/**
 * A row before it is laid out.
 *
 * @param name what it is called
 * @param measure its measure; null where rows of a fact are counted
 * @param type the breakdown; {@code all} for the whole figure, {@code window} where it is counted over another time
 * @param values the groups that it consists of
 * @param isShare whether it is a share of the whole
 * @param unit the unit of its figures
 * @param cell the figure at a month end
 */
record Drawn(
        String name,
        String measure,
        String type,
        List<String> values,
        boolean isShare,
        String unit,
        Function<LocalDate, Cell> cell) {}
