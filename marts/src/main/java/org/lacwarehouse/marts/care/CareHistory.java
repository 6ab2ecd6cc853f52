package org.lacwarehouse.marts.care;

import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/**
 * The care history of children: repaired episodes in, periods of being looked after out. A period is a chain of a
 * child's episodes in which each next one starts on the previous one's DEC and the previous REC is X1; anything else
 * starts a new period. Short breaks (LS V3, V4) and children without a header row take no part.
 */
public final class CareHistory {
    /** The name of the view of episodes with the period each belongs to and the placement each shows. */
    public static final String EPISODE_VIEW = "care_episode";
    /** The name of the view of periods. */
    public static final String PERIOD_VIEW = "care_period";

    private static final String EPISODES =
            """
            WITH episode AS (
              SELECT e.authority AS la_code, e.child_id, e.decom, e.dec, e.rec, e.rne, e.ls, e.cin, e.place,
                e.place_provider, e.home_post, e.pl_post, e.urn, e.delivery_id, e.line_number,
                coalesce(lag(e.dec) OVER child = e.decom AND lag(e.rec) OVER child = 'X1', false) AS continues
              FROM %s e
              LEFT SEMI JOIN %s h ON h.child_id = e.child_id
              WHERE e.ls NOT IN ('V3', 'V4')
              WINDOW child AS (PARTITION BY e.child_id ORDER BY e.decom)
            ), numbered AS (
              SELECT *, CAST(sum(CASE WHEN continues THEN 0 ELSE 1 END)
                OVER (PARTITION BY child_id ORDER BY decom ROWS UNBOUNDED PRECEDING) AS INT) AS period_number
              FROM episode
            ), shown AS (
              -- A temporary placement shows the placement before it in the period, or itself when there is none.
              SELECT *, coalesce(
                last(CASE WHEN place NOT IN ('T0', 'T1', 'T2', 'T3', 'T4')
                  THEN struct(place, place_provider) END, true)
                  OVER (PARTITION BY child_id, period_number ORDER BY decom ROWS UNBOUNDED PRECEDING),
                struct(place, place_provider)) AS placement
              FROM numbered
            )
            SELECT la_code, child_id, period_number, decom, dec, rec, rne, ls, cin, place, place_provider, home_post,
              pl_post, urn, delivery_id, line_number,
              first(decom) OVER period AS period_start_date,
              first(cin) OVER period AS period_cin,
              placement.place AS placement_place,
              placement.place_provider AS placement_provider
            FROM shown
            WINDOW period AS (PARTITION BY child_id, period_number ORDER BY decom ROWS UNBOUNDED PRECEDING)
            """;

    private static final String PERIODS =
            """
            SELECT la_code, child_id, period_number,
              min(decom) AS start_date,
              max_by(dec, decom) AS cease_date,
              max_by(rec, decom) AS last_rec,
              min_by(ls, decom) AS first_ls,
              min_by(cin, decom) AS first_cin,
              CAST(count(*) AS INT) AS episode_count
            FROM %s
            GROUP BY la_code, child_id, period_number
            """;

    private CareHistory() {}

    /**
     * Episodes with their periods.
     *
     * @param episodes the view of repaired silver episodes of one snapshot for each authority
     * @param header the view of the children known
     * @return one row an episode: its silver columns, {@code period_number} (1 for a child's first period), {@code
     *     period_start_date}, {@code period_cin} (need of the period's first episode), and {@code placement_place} and
     *     {@code placement_provider}, which during a temporary placement are those of the placement around it
     */
    public static Dataset<Row> episodes(SparkSession spark, String episodes, String header) {
        return spark.sql(String.format(EPISODES, episodes, header));
    }

    /**
     * Periods of being looked after.
     *
     * @param careEpisodes the view of the result of {@link #episodes}
     * @return one row a period; {@code cease_date} is null while it is open, {@code last_rec} is X1 when no next episode
     *     followed and null when no reason was recorded
     */
    public static Dataset<Row> periods(SparkSession spark, String careEpisodes) {
        return spark.sql(String.format(PERIODS, careEpisodes));
    }
}
