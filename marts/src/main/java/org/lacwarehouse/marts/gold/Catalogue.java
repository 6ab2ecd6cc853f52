package org.lacwarehouse.marts.gold;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.lacwarehouse.marts.care.CareHistory;
import org.lacwarehouse.marts.measure.Families;
import org.lacwarehouse.marts.measure.Measure;
import org.lacwarehouse.marts.measure.MeasureCatalogue;
import org.lacwarehouse.marts.measure.MeasureCompiler;
import org.lacwarehouse.marts.measure.MeasureViews;
import org.lacwarehouse.marts.measure.Measures;
import org.lacwarehouse.marts.measure.Targets;
import org.lacwarehouse.pipeline.conf.Conf;
import org.lacwarehouse.pipeline.conf.ConfException;
import org.lacwarehouse.pipeline.contract.CodeList;
import org.lacwarehouse.pipeline.contract.Contract;
import org.lacwarehouse.pipeline.contract.Contracts;

/**
 * Everything the marts consist of: the tables that are SQL files, the dimensions that are code lists, the measures. It is
 * put together and checked before a night starts: a table that reads what does not exist, or itself in a circle, stops
 * the program with a message about the file.
 */
public final class Catalogue {
    /** The view of the codes of all loaded authorities. */
    static final String LOADED_VIEW = "loaded_authority";
    /** The view of the as-at date of each authority. */
    static final String AS_AT_VIEW = "authority_as_at";
    /** The view of the month ends of each authority. */
    static final String MONTHS_VIEW = "month_end";
    /** The view that says which snapshots of national datasets an authority uses. */
    static final String IN_FORCE_VIEW = "in_force";
    /** The view that says which snapshot of each register holds at each month end. */
    static final String REGISTER_VIEW = "register_in_force";
    /** The view of the published values of all releases. */
    static final String BENCHMARK_VIEW = "benchmark_value";
    /** The views of the care history. */
    static final Set<String> CARE_VIEWS =
            Set.of(CareHistory.EPISODE_VIEW, CareHistory.PERIOD_VIEW, CareHistory.PLACEMENT_VIEW);
    /** The column that says whose a row is. */
    static final String AUTHORITY_KEY = "authority_key";

    private final Contracts contracts;
    private final SqlTables sql;
    private final List<Measure> measures;
    private final List<Measure> computed;
    private final BankHolidays bankHolidays;
    private final SchoolTerms schoolTerms;
    private final Predecessors predecessors;
    private final Settings settings;
    private final List<MartView> views = new ArrayList<>();
    private final List<MartView> publicTables;
    private final Map<String, MartTable> tables = new LinkedHashMap<>();
    private final List<MartTable> ordered = new ArrayList<>();
    /** The views and tables that have rows of an authority, made from that authority's records. */
    private final Set<String> byAuthority = new TreeSet<>();

    /** Reads and checks the configuration and the SQL files. */
    public Catalogue(Conf conf) {
        this(conf, Measures.read(conf), null);
    }

    /** @param only the measures that are computed; null for all */
    private Catalogue(Conf conf, List<Measure> measures, List<Measure> only) {
        this.computed = only == null ? measures : only;
        this.contracts = Contracts.read(conf);
        this.sql = SqlTables.read();
        this.measures = measures;
        this.bankHolidays = BankHolidays.read(conf);
        this.schoolTerms = SchoolTerms.read(conf);
        this.predecessors = Predecessors.read(conf);
        this.settings = Settings.read(conf);
        contracts.codeLists().values().stream()
                .filter(CodeList::isDimension)
                .map(CodeDimensions::table)
                .forEach(this::add);
        sql.tables().forEach(this::add);
        add(MeasureCatalogue.table(measures));
        add(Targets.table(conf, measures));
        add(new MeasureCompiler(computed, Map.copyOf(tables)).table());
        add(SourceRows.ofMeasures(
                computed, new SqlLineage(sql.selects()::get, SourceRows.behind(contracts)), contracts));
        // First what other views may read.
        views.add(new MeasureViews(Map.copyOf(tables)).children(computed));
        views.addAll(MartView.files());
        views.addAll(CurrentViews.of(tables));
        this.publicTables = MartView.publicTables().stream()
                .map(table -> Families.in(table, measures))
                .toList();
        check();
        order();
        findWhatIsByAuthority();
    }

    /**
     * The same where only one measure is computed, with those that it is the difference of.
     *
     * @throws ConfException when the configuration has no such measure
     */
    public static Catalogue of(Conf conf, String measure) {
        List<Measure> all = Measures.read(conf);
        Measure wanted = all.stream()
                .filter(each -> each.id().equals(measure))
                .findFirst()
                .orElseThrow(() -> new ConfException("The configuration has no measure " + measure));
        return new Catalogue(
                conf,
                all,
                all.stream()
                        .filter(each -> each == wanted
                                || wanted.difference() != null
                                        && List.of(
                                                        wanted.difference().of(),
                                                        wanted.difference().less())
                                                .contains(each.id()))
                        .toList());
    }

    private void add(MartTable table) {
        if (tables.put(table.name(), table) != null) {
            throw new ConfException("The mart table " + table.name() + " is declared twice");
        }
    }

    private void check() {
        Set<String> known = new TreeSet<>(tables.keySet());
        known.addAll(List.of(LOADED_VIEW, AS_AT_VIEW, MONTHS_VIEW, IN_FORCE_VIEW));
        known.addAll(CARE_VIEWS);
        known.add(BankHolidays.VIEW);
        known.add(SchoolTerms.VIEW);
        known.add(Predecessors.VIEW);
        known.add(BENCHMARK_VIEW);
        known.add(REGISTER_VIEW);
        known.add(SourceRows.DELIVERY_VIEW);
        known.add(SourceRows.VIEW);
        known.addAll(settings.values().keySet());
        contracts.all().stream().map(Catalogue::view).forEach(known::add);
        contracts.codeLists().keySet().stream().map(list -> "code_" + list).forEach(known::add);
        for (MartTable table : tables.values()) {
            for (String dependency : table.dependencies()) {
                if (!known.contains(dependency)) {
                    throw new ConfException(
                            "sql/" + table.mart() + "/" + table.name() + ".sql: there is no table, view or setting "
                                    + dependency
                                    + "; silver datasets are named <source>_<dataset>, code lists code_<list>, settings"
                                    + " setting_<name in conf/settings.yml>()");
                }
            }
            table.foreignKeys().forEach((column, dimension) -> {
                if (!tables.containsKey(dimension)
                        || tables.get(dimension).primaryKey().size() != 1) {
                    throw new ConfException("sql/" + table.mart() + "/" + table.name() + ".sql: the foreign key "
                            + column + " refers to " + dimension + ", which is not a dimension of the marts");
                }
            });
        }
    }

    /**
     * Sorts the tables: each after those that it reads, and first of all those at the head of the longest chains, so that
     * no chain is begun last.
     */
    private void order() {
        Map<String, Integer> chains = new TreeMap<>();
        tables.keySet().forEach(table -> chain(table, chains, new LinkedHashSet<>()));
        ordered.addAll(tables.values());
        ordered.sort(Comparator.comparing((MartTable table) -> chains.get(table.name()))
                .reversed()
                .thenComparing(MartTable::name));
    }

    private void findWhatIsByAuthority() {
        contracts.all().stream()
                .filter(contract -> !contract.isNational())
                .map(Catalogue::view)
                .forEach(byAuthority::add);
        byAuthority.addAll(CARE_VIEWS);
        byAuthority.addAll(List.of(
                AS_AT_VIEW, MONTHS_VIEW, IN_FORCE_VIEW, REGISTER_VIEW, SourceRows.DELIVERY_VIEW, SourceRows.VIEW));
        for (MartTable table : ordered) {
            if (table.dependencies().stream().anyMatch(byAuthority::contains)) {
                byAuthority.add(table.name());
                if (!table.columns().containsKey(AUTHORITY_KEY)
                        || table.nullable().contains(AUTHORITY_KEY)) {
                    throw new ConfException("sql/" + table.mart() + "/" + table.name()
                            + ".sql: it is made from records of authorities, so it needs the column " + AUTHORITY_KEY
                            + ", never null, which says whose a row is");
                }
            }
        }
    }

    /**
     * Whether a table has rows of an authority that are made from that authority's records: then they can be built anew
     * without those of the others. What they are besides must not depend on another authority's records.
     */
    boolean isByAuthority(MartTable table) {
        return byAuthority.contains(table.name());
    }

    /** How many tables, one made from the other, begin with a table. */
    private int chain(String table, Map<String, Integer> chains, Set<String> path) {
        if (!path.add(table)) {
            throw new ConfException("These mart tables read each other in a circle: " + path);
        }
        Integer known = chains.get(table);
        if (known == null) {
            int longest = 0;
            for (MartTable reader : tables.values()) {
                if (reader.dependencies().contains(table)) {
                    longest = Math.max(longest, chain(reader.name(), chains, path));
                }
            }
            known = 1 + longest;
            chains.put(table, known);
        }
        path.remove(table);
        return known;
    }

    /** The name of the view of a silver dataset: {@code social_care_episodes}. */
    static String view(Contract contract) {
        return contract.source() + "_" + contract.dataset();
    }

    /** The contracts of the configuration. */
    public Contracts contracts() {
        return contracts;
    }

    /** The certified measures. */
    public List<Measure> measures() {
        return measures;
    }

    /** Those of the measures of which figures are computed. */
    public List<Measure> computed() {
        return computed;
    }

    /** All tables by name. */
    public Map<String, MartTable> tables() {
        return tables;
    }

    /** The views that are published beside the tables. */
    public List<MartView> views() {
        return views;
    }

    /** The tables that may be shared outside the council, each as a SELECT over the published ones. */
    public List<MartView> publicTables() {
        return publicTables;
    }

    BankHolidays bankHolidays() {
        return bankHolidays;
    }

    SchoolTerms schoolTerms() {
        return schoolTerms;
    }

    Predecessors predecessors() {
        return predecessors;
    }

    Settings settings() {
        return settings;
    }

    /** The tables in the order in which they are best built: each after those that it reads. */
    public List<MartTable> ordered() {
        return ordered;
    }

    SqlTables sql() {
        return sql;
    }
}
