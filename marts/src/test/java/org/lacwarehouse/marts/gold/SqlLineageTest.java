package org.lacwarehouse.marts.gold;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.lacwarehouse.pipeline.conf.Conf;

class SqlLineageTest {
    private final Map<String, String> selects = new HashMap<>();

    @Test
    void rowsComeFromWhatIsReadJoinedAndFiltered() {
        selects.put(
                "fact_x",
                "WITH own AS (SELECT child_id, a FROM episodes WHERE EXISTS (SELECT 1 FROM missing))"
                        + " SELECT own.child_id, own.a, h.dob FROM own JOIN header h ON h.child_id = own.child_id"
                        + " LEFT SEMI JOIN plans ON plans.child_id = own.child_id");

        assertThat(of("fact_x")).containsExactly("episodes", "header", "missing", "plans");
    }

    @Test
    void whatALeftJoinAddsCountsForTheColumnsThatUseIt() {
        selects.put(
                "fact_x",
                "WITH r AS (SELECT child_id, collect_list(struct(day, late)) AS all FROM reviews GROUP BY child_id)"
                        + " SELECT e.child_id, e.a, exists(r.all, one -> one.late AND one.day <= e.a) AS is_late,"
                        + " coalesce(p.n, 0) AS plans FROM episodes e LEFT JOIN r ON r.child_id = e.child_id"
                        + " LEFT JOIN plans p ON p.child_id = e.child_id");

        assertThat(of("fact_x")).containsExactly("episodes");
        assertThat(of("fact_x", "a")).containsExactly("episodes");
        assertThat(of("fact_x", "is_late")).containsExactly("episodes", "reviews");
        assertThat(of("fact_x", "is_late", "plans")).containsExactly("episodes", "plans", "reviews");
    }

    @Test
    void aDimensionGivesNamesAndDecidesNothing() {
        selects.put(
                "dim_child",
                "SELECT h.child_id, h.sex, u.child_id IS NOT NULL AS is_uasc FROM header h LEFT JOIN uasc u"
                        + " ON u.child_id = h.child_id");
        selects.put(
                "fact_x",
                "SELECT e.child_id, c.is_uasc, c.sex FROM episodes e JOIN dim_child c ON c.child_id = e.child_id");

        assertThat(of("fact_x")).containsExactly("episodes");
        assertThat(of("fact_x", "sex")).containsExactly("episodes", "header");
        assertThat(of("fact_x", "is_uasc")).containsExactly("episodes", "header", "uasc");
    }

    @Test
    void tablesOverTablesWindowsAndUnionsAreFollowed() {
        selects.put(
                "fact_review",
                "SELECT child_id, row_number() OVER w AS n, day FROM reviews WINDOW w AS (PARTITION BY child_id ORDER BY day)");
        selects.put("fact_x", "SELECT child_id, n FROM fact_review UNION ALL SELECT child_id, 0 FROM plans");

        assertThat(of("fact_x", "n")).containsExactly("plans", "reviews");
        assertThat(of("fact_review", "n")).containsExactly("reviews");
    }

    @Test
    void everyMeasureIsMadeFromRowsAboutChildrenAndNoMoreThanItNeeds() {
        Catalogue catalogue = new Catalogue(Conf.packaged());
        Map<String, Set<String>> datasets = SourceRows.datasets(
                catalogue.measures(),
                new SqlLineage(catalogue.sql().selects()::get, SourceRows.behind(catalogue.contracts())));

        assertThat(datasets).hasSize(catalogue.measures().size()).doesNotContainValue(Set.of());
        assertThat(datasets.get("cla_count")).containsExactly("social_care/episodes", "social_care/header");
        assertThat(datasets.get("sw_three_or_more"))
                .containsExactly("social_care/episodes", "social_care/header", "social_care/sw_episodes");
        assertThat(datasets.get("reviews_in_time"))
                .containsExactly("social_care/episodes", "social_care/header", "social_care/reviews");
        assertThat(datasets.get("sdq_gap")).containsExactly("health/sdq", "social_care/header", "social_care/oc2");
        assertThat(datasets.get("attendance"))
                .containsExactly(
                        "social_care/episodes",
                        "social_care/header",
                        "virtual_school/attendance",
                        "virtual_school/roll");
        assertThat(datasets.get("cl_tenancy_sustained"))
                .containsExactly("housing/tenancies", "social_care/care_leavers", "social_care/header");
    }

    private Set<String> of(String table, String... columns) {
        Map<String, Set<String>> datasets = new HashMap<>();
        for (String dataset : List.of("episodes", "header", "missing", "plans", "reviews", "uasc")) {
            datasets.put(dataset, Set.of(dataset));
        }
        return new SqlLineage(selects::get, datasets).of(table, List.of(columns));
    }
}
