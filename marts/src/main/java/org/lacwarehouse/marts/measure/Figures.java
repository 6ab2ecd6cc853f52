package org.lacwarehouse.marts.measure;

import java.io.Serializable;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.apache.spark.api.java.function.FlatMapFunction;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/** Puts the sums of a group together to the figures of all measures that have this group. */
final class Figures implements FlatMapFunction<Row, Row> {
    private static final long serialVersionUID = 1L;

    /** The index of what is not there. */
    static final int NONE = -1;

    static final StructType SCHEMA = new StructType()
            .add("authority_key", DataTypes.IntegerType, false)
            .add("period_end_key", DataTypes.IntegerType, false)
            .add("la_code", DataTypes.StringType, false)
            .add("measure_id", DataTypes.StringType, false)
            .add("period_end", DataTypes.DateType, false)
            .add("breakdown_type", DataTypes.StringType, false)
            .add("breakdown", DataTypes.StringType, false)
            .add("numerator", DataTypes.DoubleType, false)
            .add("denominator", DataTypes.DoubleType, true)
            .add("value", DataTypes.DoubleType, true);

    /**
     * A figure that is made from a group.
     *
     * @param measure the measure
     * @param type its breakdown type
     * @param grouping the id of the grouping set that it belongs to
     * @param n the index of its numerator among the sums
     * @param less the index of what is subtracted from it, or {@link #NONE}
     * @param d the index of its denominator, or {@link #NONE}
     * @param divided whether it is a quotient
     * @param factor value = factor x numerator / denominator
     * @param months the index of the sum that is 1 in months which have a figure, or {@link #NONE} for every month
     */
    record Figure(
            String measure, String type, long grouping, int n, int less, int d, boolean divided, int factor, int months)
            implements Serializable {
        boolean isWhole() {
            return type.equals("all");
        }
    }

    private final ArrayList<Figure> figures;

    Figures(List<Figure> figures) {
        this.figures = new ArrayList<>(figures);
    }

    /** @param group la_code, period_end, grouping, breakdown, sums */
    @Override
    public Iterator<Row> call(Row group) {
        String authority = group.getString(0);
        LocalDate end = group.getLocalDate(1);
        long grouping = group.getLong(2);
        List<Double> sums = group.getList(4);
        List<Row> rows = new ArrayList<>();
        for (Figure figure : figures) {
            String breakdown = figure.isWhole() ? "all" : group.getString(3);
            if (figure.grouping() != grouping
                    || breakdown == null
                    || figure.months() != NONE && sums.get(figure.months()) == 0) {
                continue;
            }
            double n = exact(sums.get(figure.n())) - (figure.less() == NONE ? 0 : exact(sums.get(figure.less())));
            Double d = figure.divided() ? exact(sums.get(figure.d())) : null;
            if (!figure.isWhole() && (d == null ? n : d) <= 0) {
                continue;
            }
            rows.add(RowFactory.create(
                    Integer.valueOf(authority),
                    end.getYear() * 10_000 + end.getMonthValue() * 100 + end.getDayOfMonth(),
                    authority,
                    figure.measure(),
                    end,
                    figure.type(),
                    breakdown,
                    n,
                    d,
                    d == null ? Double.valueOf(n) : d == 0 ? null : Double.valueOf(figure.factor() * n / d)));
        }
        return rows.iterator();
    }

    /**
     * A sum of values with decimals without what the order in which they were added has left in its last digits: else it
     * would be another figure in another night or installation. No source has six decimals.
     */
    private static Double exact(Double sum) {
        if (sum == null || sum == Math.rint(sum)) {
            return sum;
        }
        return Math.round(sum * 1e6) / 1e6;
    }
}
