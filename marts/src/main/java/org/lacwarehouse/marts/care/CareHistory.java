package org.lacwarehouse.marts.care;

import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/**
 * The care history of children: repaired episodes in, periods of being looked after and placements out. Each row of the
 * result says from which lines of which delivery it was made.
 *
 * <ul>
 *   <li>A <b>period</b> is a chain of a child's episodes in which each next one starts on the previous one's DEC and the
 *       previous REC is X1; anything else starts a new period.
 *   <li>A <b>placement</b> is a run of episodes of a period with the same carer: RNE S, P and B start a new one, L, T and
 *       U continue the one before. Temporary placements T0..T4 never count and never break; after one, the return to the
 *       same provider, postcode and URN resumes the placement before and anything else starts a new one, whatever the
 *       RNE. A3 and A5 continue the placement before whatever was in between.
 *   <li>Short breaks (LS V3, V4) and children without a header row take no part.
 * </ul>
 *
 * All of it is windows over the episodes of a child, so the work grows with the number of episodes.
 */
public final class CareHistory {
    /** The name of the view of episodes with the period and the placement each belongs to. */
    public static final String EPISODE_VIEW = "care_episode";
    /** The name of the view of periods. */
    public static final String PERIOD_VIEW = "care_period";
    /** The name of the view of placements. */
    public static final String PLACEMENT_VIEW = "care_placement";

    private static final String EPISODES =
            """
            WITH episode AS (
              SELECT e.authority AS la_code, e.child_id, e.decom, e.dec, e.rec, e.rne, e.ls, e.cin, e.place,
                e.place_provider, e.reason_place_change, e.home_post, e.pl_post, upper(e.urn) AS urn, e.delivery_id,
                e.line_number,
                e.place IN ('T0', 'T1', 'T2', 'T3', 'T4') AS is_temporary,
                e.place IN ('A3', 'A4', 'A5', 'A6') AS is_adoptive,
                coalesce(lag(e.dec) OVER child = e.decom AND lag(e.rec) OVER child = 'X1', false) AS continues
              FROM {episodes} e
              LEFT SEMI JOIN {header} h ON h.child_id = e.child_id
              WHERE e.ls NOT IN ('V3', 'V4')
              WINDOW child AS (PARTITION BY e.child_id ORDER BY e.decom)
            ), numbered AS (
              SELECT *, CAST(sum(CASE WHEN continues THEN 0 ELSE 1 END)
                OVER (PARTITION BY child_id ORDER BY decom ROWS UNBOUNDED PRECEDING) AS INT) AS period_number
              FROM episode
            ), compared AS (
              SELECT *,
                struct(place, place_provider, pl_post, urn) AS own,
                coalesce(lag(is_temporary) OVER (PARTITION BY child_id, period_number ORDER BY decom), false)
                  AS after_temporary,
                last(CASE WHEN NOT is_temporary THEN struct(place, place_provider, pl_post, urn) END, true)
                  OVER (PARTITION BY child_id, period_number ORDER BY decom
                    ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS before
              FROM numbered
            ), run AS (
              SELECT *,
                CASE
                  WHEN is_temporary THEN false
                  WHEN before IS NULL THEN true
                  WHEN place IN ('A3', 'A5') THEN false
                  WHEN after_temporary THEN NOT (place_provider <=> before.place_provider
                    AND pl_post <=> before.pl_post AND urn <=> before.urn)
                  ELSE rne IN ('S', 'P', 'B')
                END AS starts_placement,
                CASE WHEN is_temporary AND before IS NOT NULL THEN before ELSE own END AS shown
              FROM compared
            ), placed AS (
              SELECT *,
                CAST(count_if(starts_placement) OVER so_far AS INT) AS placement_number,
                max(CASE WHEN starts_placement THEN decom END) OVER so_far AS placement_start_date,
                min(CASE WHEN is_adoptive THEN decom END) OVER so_far AS adoptive_since
              FROM run
              WINDOW so_far AS (PARTITION BY child_id, period_number ORDER BY decom ROWS UNBOUNDED PRECEDING)
            ), location AS (
              -- Only the postcodes that occur, as the snapshot that is in force for the authority has them.
              SELECT in_force.la_code, postcode.postcode,
                max_by(struct(postcode.easting, postcode.northing, postcode.la_code AS lies_in), postcode.line_number)
                  AS point
              FROM {postcodes} postcode
              JOIN {in_force} in_force ON in_force.delivery_id = postcode.delivery_id
              WHERE postcode.postcode IN (
                SELECT home_post FROM {episodes} WHERE home_post IS NOT NULL
                UNION ALL SELECT pl_post FROM {episodes} WHERE pl_post IS NOT NULL)
              GROUP BY in_force.la_code, postcode.postcode
            )
            SELECT placed.la_code, child_id, period_number, placement_number, decom, dec, rec, rne, ls, cin, place,
              place_provider, reason_place_change, home_post, pl_post, urn, placed.delivery_id, line_number,
              is_temporary, is_adoptive,
              first(decom) OVER period AS period_start_date,
              first(cin) OVER period AS period_cin,
              shown.place AS placement_place,
              shown.place_provider AS placement_provider,
              placement_start_date,
              max(placement_start_date) OVER (PARTITION BY child_id, period_number ORDER BY placement_number
                RANGE BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS previous_placement_start_date,
              adoptive_since,
              round(sqrt(pow(home.point.easting - there.point.easting, 2)
                + pow(home.point.northing - there.point.northing, 2)) / 1609.3, 1) AS distance_miles,
              CASE WHEN home.point IS NOT NULL AND there.point IS NOT NULL
                THEN coalesce(there.point.lies_in = placed.la_code, false) END AS is_in_authority
            FROM placed
            LEFT JOIN location home ON home.la_code = placed.la_code AND home.postcode = placed.home_post
            LEFT JOIN location there ON there.la_code = placed.la_code AND there.postcode = placed.shown.pl_post
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
              CAST(count(*) AS INT) AS episode_count,
              max(placement_number) AS placement_count,
              min(CASE WHEN ls = 'E1' THEN decom END) AS placement_order_date,
              min(CASE WHEN ls IN ('E1', 'D1') THEN decom END) AS order_date,
              min(CASE WHEN is_adoptive THEN decom END) AS adoptive_date,
              min_by(place, CASE WHEN is_adoptive THEN decom END) AS adoptive_place,
              min_by(placement_start_date, CASE WHEN is_adoptive THEN decom END) AS adoptive_carer_since,
              max(delivery_id) AS delivery_id,
              sort_array(collect_list(line_number)) AS line_numbers
            FROM {care_episode}
            GROUP BY la_code, child_id, period_number
            """;

    private static final String PLACEMENTS =
            """
            SELECT la_code, child_id, period_number, placement_number,
              min(decom) AS start_date,
              max_by(dec, decom) AS end_date,
              min_by(place, decom) AS first_place,
              max_by(place, CASE WHEN NOT is_temporary THEN decom END) AS last_place,
              min_by(place_provider, decom) AS place_provider,
              min_by(distance_miles, decom) AS distance_miles,
              min_by(is_in_authority, decom) AS is_in_authority,
              max_by(reason_place_change, decom) AS reason_place_change,
              max_by(rec, decom) AS last_rec,
              CAST(count_if(is_temporary) AS INT) AS temporary_count,
              max(delivery_id) AS delivery_id,
              sort_array(collect_list(line_number)) AS line_numbers
            FROM {care_episode}
            WHERE placement_number > 0
            GROUP BY la_code, child_id, period_number, placement_number
            """;

    private CareHistory() {}

    /**
     * The names of the views that a care history is made from.
     *
     * @param episodes repaired silver episodes of one snapshot for each authority
     * @param header the children known
     * @param postcodes where postcodes lie, of every snapshot that is in force for some authority
     * @param inForce la_code and delivery_id: which of these snapshots an authority uses
     */
    public record Sources(String episodes, String header, String postcodes, String inForce) {}

    /**
     * Episodes with their periods and placements.
     *
     * @return one row an episode: its silver columns and
     *     <ul>
     *       <li>{@code period_number} (1 for a child's first period), {@code period_start_date}, {@code period_cin}
     *           (need of the period's first episode);
     *       <li>{@code placement_number} (1 for the period's first; 0 for a temporary placement that has none before it),
     *           {@code placement_start_date}, {@code previous_placement_start_date} (both null when there is none);
     *       <li>{@code placement_place}, {@code placement_provider}: what the episode shows, which during a temporary
     *           placement is the placement around it;
     *       <li>{@code adoptive_since}: the first DECOM of a PLACE A3..A6 of the period up to this episode;
     *       <li>{@code distance_miles} (1 decimal) and {@code is_in_authority}: from the episode's home to the placement
     *           it shows; both null when either postcode is missing or unknown.
     *     </ul>
     */
    public static Dataset<Row> episodes(SparkSession spark, Sources sources) {
        return spark.sql(EPISODES.replace("{episodes}", sources.episodes())
                .replace("{header}", sources.header())
                .replace("{postcodes}", sources.postcodes())
                .replace("{in_force}", sources.inForce()));
    }

    /**
     * Periods of being looked after.
     *
     * @param careEpisodes the view of the result of {@link #episodes}
     * @return one row a period; {@code cease_date} is null while it is open, {@code last_rec} is X1 when no next episode
     *     followed and null when no reason was recorded; {@code adoptive_date} and {@code adoptive_place} are those of
     *     the first episode with PLACE A3..A6 and {@code adoptive_carer_since} the start of its placement
     */
    public static Dataset<Row> periods(SparkSession spark, String careEpisodes) {
        return spark.sql(PERIODS.replace("{care_episode}", careEpisodes));
    }

    /**
     * Placements.
     *
     * @param careEpisodes the view of the result of {@link #episodes}
     * @return one row a placement, without those that consist of temporary placements alone; {@code end_date} is null
     *     while it lasts; provider, distance and {@code is_in_authority} are those at its start
     */
    public static Dataset<Row> placements(SparkSession spark, String careEpisodes) {
        return spark.sql(PLACEMENTS.replace("{care_episode}", careEpisodes));
    }
}
