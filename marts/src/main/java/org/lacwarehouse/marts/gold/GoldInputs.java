package org.lacwarehouse.marts.gold;

import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.lacwarehouse.pipeline.contract.CodeList;
import org.lacwarehouse.pipeline.contract.Contract;
import org.lacwarehouse.pipeline.lake.Digest;
import org.lacwarehouse.pipeline.landing.Delivery;
import org.lacwarehouse.pipeline.landing.Register;
import org.lacwarehouse.pipeline.linkage.Linkage;

/**
 * What a build of the marts reads: the snapshots in force and the dates of the authorities. Of everything it knows a digest,
 * one for what all authorities share and one for what is of each authority, so that a table is built anew for those whose
 * inputs have changed.
 */
final class GoldInputs {
    private final Catalogue catalogue;
    private final Register register;
    private final Linkage linkage;
    private final Scope scope;
    private final Set<String> authorities;

    GoldInputs(Catalogue catalogue, Register register, Linkage linkage, Scope scope) {
        this(catalogue, register, linkage, scope, new TreeSet<>(scope.asAt().keySet()));
    }

    private GoldInputs(Catalogue catalogue, Register register, Linkage linkage, Scope scope, Set<String> authorities) {
        this.catalogue = catalogue;
        this.register = register;
        this.linkage = linkage;
        this.scope = scope;
        this.authorities = authorities;
    }

    /** The same, but of what is of each authority only that of some. */
    GoldInputs of(Set<String> some) {
        return new GoldInputs(catalogue, register, linkage, scope, new TreeSet<>(some));
    }

    /** The authorities whose data is read. */
    Set<String> authorities() {
        return authorities;
    }

    /** Whether they are all that are loaded. */
    boolean areOfAll() {
        return authorities.equals(scope.asAt().keySet());
    }

    /** The latest as-at date of all loaded authorities. */
    LocalDate latest() {
        return scope.latest();
    }

    /** How many silver rows there are. */
    long rows() {
        return catalogue.contracts().all().stream()
                .flatMap(contract -> inForce(contract).stream())
                .flatMap(delivery -> register.outcome(delivery.deliveryId()).stream())
                .mapToLong(Register.Outcome::rowsKept)
                .sum();
    }

    /**
     * The snapshots of a dataset that are read: those in force; for national data those of every as-at date, of a
     * register all up to the as-at date.
     */
    List<Delivery> inForce(Contract contract) {
        if (contract.isNational()) {
            Map<String, Delivery> found = new TreeMap<>();
            scope.asAt().values().forEach(date -> national(contract, date)
                    .ifPresent(delivery -> found.put(delivery.deliveryId(), delivery)));
            return List.copyOf(found.values());
        }
        List<Delivery> found = new ArrayList<>();
        authorities.forEach(authority -> found.addAll(inForce(contract, authority)));
        return found;
    }

    private List<Delivery> inForce(Contract contract, String authority) {
        LocalDate date = scope.asAt().get(authority);
        return contract.isRegister()
                ? register.upTo(authority, contract.source(), contract.dataset(), date)
                : register.inForce(authority, contract.source(), contract.dataset(), date).stream()
                        .toList();
    }

    private Optional<Delivery> national(Contract contract, LocalDate date) {
        return register.inForce("national", contract.source(), contract.dataset(), date);
    }

    /** The snapshot of a national dataset of the latest as-at date; blank when there is none. */
    String newest(Contract contract) {
        return national(contract, scope.latest()).map(Delivery::deliveryId).orElse("");
    }

    /** Which snapshots of a national dataset the authorities use: la_code, delivery_id. */
    List<Row> used(Contract contract) {
        List<Row> rows = new ArrayList<>();
        authorities.forEach(authority -> national(contract, scope.asAt().get(authority))
                .ifPresent(delivery -> rows.add(RowFactory.create(authority, delivery.deliveryId()))));
        return rows;
    }

    /** Every published file that counts, of all releases: what was published does not depend on the as-at date. */
    List<Delivery> releases() {
        return register.loaded().stream()
                .filter(delivery ->
                        delivery.source().equals(Contract.BENCHMARKS) && register.isNewestOfItsDate(delivery))
                .toList();
    }

    /** The codes of all loaded authorities, those too whose data is not read: la_code. */
    List<Row> loaded() {
        return new TreeSet<>(scope.asAt().keySet())
                .stream().map(code -> RowFactory.create(code)).toList();
    }

    /** The as-at dates: la_code, as_at. */
    List<Row> asAt() {
        return authorities.stream()
                .map(code -> RowFactory.create(code, scope.asAt().get(code)))
                .toList();
    }

    /** The month ends: la_code, period_end, month_start, year_start. */
    List<Row> monthEnds() {
        List<Row> rows = new ArrayList<>();
        for (String authority : authorities) {
            for (LocalDate end : scope.monthEnds(authority)) {
                rows.add(RowFactory.create(authority, end, end.withDayOfMonth(1), end.minusMonths(12)));
            }
        }
        return rows;
    }

    /** Which snapshot of each register is the newest at each month end; none before the first. */
    List<Row> registersAtMonthEnds() {
        List<Row> rows = new ArrayList<>();
        registers()
                .forEach(contract -> authorities.forEach(authority -> {
                    for (LocalDate end : scope.monthEnds(authority)) {
                        register.inForce(authority, contract.source(), contract.dataset(), end)
                                .ifPresent(delivery -> rows.add(RowFactory.create(
                                        authority, end, Catalogue.view(contract), delivery.deliveryId())));
                    }
                }));
        return rows;
    }

    private Stream<Contract> registers() {
        return catalogue.contracts().all().stream().filter(Contract::isRegister);
    }

    /**
     * Every delivery about children that is read, with the month ends for which it holds: a register from its extract date
     * to that of the next, any other for all of them.
     */
    List<Row> deliveriesInForce() {
        List<Row> rows = new ArrayList<>();
        authorities.forEach(authority -> rows.addAll(deliveriesInForce(authority)));
        return rows;
    }

    private List<Row> deliveriesInForce(String authority) {
        List<Row> rows = new ArrayList<>();
        for (Contract contract : SourceRows.aboutChildren(catalogue.contracts())) {
            for (Delivery delivery : inForce(contract, authority)) {
                LocalDate next =
                        register.upTo(authority, contract.source(), contract.dataset(), scope.latest()).stream()
                                .map(Delivery::extractDate)
                                .filter(date -> contract.isRegister() && date.isAfter(delivery.extractDate()))
                                .findFirst()
                                .orElse(SourceRows.FOR_EVER);
                rows.add(RowFactory.create(
                        authority,
                        delivery.deliveryId(),
                        delivery.source(),
                        delivery.dataset(),
                        delivery.extractDate(),
                        delivery.file(),
                        contract.isRegister() ? delivery.extractDate() : SourceRows.FROM_THE_BEGINNING,
                        next));
            }
        }
        return rows;
    }

    /**
     * Digests of the tables: under the name of a table what decides all of it, under its name, an at sign and the code of
     * an authority what decides that authority's rows besides.
     *
     * @param program changes whenever the program that builds the tables changes
     */
    Map<String, String> digests(String program) {
        Map<String, String> shared = shared();
        Map<String, Map<String, String>> own = new TreeMap<>();
        authorities.forEach(authority -> own.put(authority, own(authority)));
        Map<String, String> digests = new HashMap<>();
        for (MartTable table : catalogue.ordered()) {
            Set<String> sources = new TreeSet<>(table.dependencies());
            List<String> all = new ArrayList<>(List.of(program, catalogue.sql().functions(), table.source()));
            sources.forEach(source -> all.add(shared.getOrDefault(source, "")));
            if (catalogue.isByAuthority(table)) {
                all.add(scope.asAt().keySet().stream().sorted().toList().toString());
                own.forEach((authority, inputs) -> {
                    inputs.put(
                            table.name(),
                            Digest.of(sources.stream()
                                    .map(source -> inputs.getOrDefault(source, ""))
                                    .toArray(String[]::new)));
                    digests.put(of(table, authority), inputs.get(table.name()));
                });
            }
            shared.put(table.name(), Digest.of(all.toArray(String[]::new)));
            digests.put(table.name(), shared.get(table.name()));
        }
        return digests;
    }

    /** Under which name the digest of an authority's rows of a table stands. */
    static String of(MartTable table, String authority) {
        return table.name() + "@" + authority;
    }

    /** What all authorities share, by view. */
    private Map<String, String> shared() {
        Map<String, String> digests = new HashMap<>();
        for (Contract contract : catalogue.contracts().all()) {
            digests.put(
                    Catalogue.view(contract),
                    Digest.of(
                            contract.digest(),
                            contract.isNational() ? checked(inForce(contract)).toString() : ""));
        }
        for (CodeList list : catalogue.contracts().codeLists().values()) {
            digests.put("code_" + list.name(), Digest.of(list.codes().toString()));
        }
        digests.put(Catalogue.LOADED_VIEW, Digest.of(loaded().toString()));
        digests.put(Catalogue.MONTHS_VIEW, String.valueOf(scope.months()));
        digests.put(Catalogue.REGISTER_VIEW, String.valueOf(scope.months()));
        String care = together(digests, GoldViews.CARE_SOURCES);
        Catalogue.CARE_VIEWS.forEach(view -> digests.put(view, care));
        digests.put(SourceRows.VIEW, together(digests, sourceRows()));
        digests.put(BankHolidays.VIEW, Digest.of(catalogue.bankHolidays().toString()));
        digests.put(SchoolTerms.VIEW, Digest.of(catalogue.schoolTerms().toString()));
        digests.put(Predecessors.VIEW, Digest.of(catalogue.predecessors().toString()));
        digests.put(Catalogue.BENCHMARK_VIEW, Digest.of(checked(releases()).toString()));
        catalogue.settings().values().forEach((setting, value) -> digests.put(setting, String.valueOf(value)));
        return digests;
    }

    /** What is of an authority, by view. */
    private Map<String, String> own(String authority) {
        Map<String, String> digests = new HashMap<>();
        String links = linkage.digest(Map.of(authority, scope.asAt().get(authority)));
        for (Contract contract : catalogue.contracts().all()) {
            if (!contract.isNational()) {
                digests.put(
                        Catalogue.view(contract),
                        Digest.of(
                                checked(inForce(contract, authority)).toString(),
                                contract.person() == null ? "" : links));
            }
        }
        String asAt = scope.asAt().get(authority).toString();
        digests.put(Catalogue.AS_AT_VIEW, asAt);
        digests.put(Catalogue.MONTHS_VIEW, asAt);
        digests.put(Catalogue.IN_FORCE_VIEW, asAt);
        digests.put(
                Catalogue.REGISTER_VIEW,
                Digest.of(
                        asAt,
                        registers()
                                .flatMap(contract -> inForce(contract, authority).stream())
                                .map(Delivery::deliveryId)
                                .sorted()
                                .toList()
                                .toString()));
        String care = together(digests, GoldViews.CARE_SOURCES);
        Catalogue.CARE_VIEWS.forEach(view -> digests.put(view, Digest.of(care, asAt)));
        digests.put(SourceRows.VIEW, together(digests, sourceRows()));
        digests.put(
                SourceRows.DELIVERY_VIEW,
                Digest.of(deliveriesInForce(authority).stream()
                        .map(Row::toString)
                        .toList()
                        .toString()));
        return digests;
    }

    private List<String> sourceRows() {
        return SourceRows.aboutChildren(catalogue.contracts()).stream()
                .map(Catalogue::view)
                .toList();
    }

    private static String together(Map<String, String> digests, Collection<String> views) {
        return Digest.of(
                views.stream().map(view -> digests.getOrDefault(view, "")).toArray(String[]::new));
    }

    /** The deliveries, and by what their rows have been checked. */
    private List<String> checked(List<Delivery> deliveries) {
        return deliveries.stream()
                .map(delivery -> register.contents(delivery)
                        + register.outcome(delivery.deliveryId())
                                .map(Register.Outcome::contractDigest)
                                .orElse(""))
                .sorted()
                .toList();
    }
}
