package org.lacwarehouse.pipeline.landing;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.lacwarehouse.pipeline.contract.Column;
import org.lacwarehouse.pipeline.contract.ColumnType;
import org.lacwarehouse.pipeline.contract.Contract;

/**
 * Finds out which datasets an XML file holds. Each kind of element that has fields is recognised by them, as a file is
 * by its header; so the names of the elements need not be known, and a plain list of rows is read as well as the DfE
 * return. A field of the {@code HEADER} also counts for the elements beside and below it when it says who the child is,
 * and one kind of element may hold the rows of several datasets, as {@code HEADER} holds those of {@code uasc}.
 */
final class XmlTables {
    /** The dataset whose columns say who a child is. */
    private static final String WHO = "header";

    private static final int MOST_NAMES = 1000;

    /** What is found of a kind of element: its fields, and those of the elements in which it lies. */
    private record Kind(Set<String> fields, Set<String> outer) {}

    private final Map<String, Contract> contracts = new TreeMap<>();
    private final Map<String, Kind> kinds = new LinkedHashMap<>();
    private final Map<String, List<String>> kindsOf = new TreeMap<>();
    private final Map<String, String> besideOthers = new TreeMap<>();
    private final Set<String> used = new LinkedHashSet<>();

    private XmlTables(Collection<Contract> contracts) {
        contracts.forEach(contract -> this.contracts.put(contract.dataset(), contract));
    }

    /**
     * Reads a file to its end.
     *
     * @param contracts the datasets of the file's source
     */
    static XmlTables find(Path path, Collection<Contract> contracts) throws IOException {
        XmlTables tables = new XmlTables(contracts);
        try (XmlRecords records = XmlRecords.open(path)) {
            for (List<XmlRecord> group = records.next(); group != null; group = records.next()) {
                for (XmlRecord found : group) {
                    tables.survey(found);
                }
            }
        }
        tables.recognise();
        return tables;
    }

    private void survey(XmlRecord found) throws UnreadableFileException {
        Kind kind = kinds.computeIfAbsent(found.kind(), name -> new Kind(new LinkedHashSet<>(), new LinkedHashSet<>()));
        kind.fields().addAll(found.fields().keySet());
        for (XmlRecord outer = found.parent(); outer != null; outer = outer.parent()) {
            kind.outer().addAll(outer.fields().keySet());
        }
        if (kinds.size() > MOST_NAMES || kind.fields().size() > MOST_NAMES) {
            throw new UnreadableFileException(
                    "line " + found.line() + ": the XML has more than " + MOST_NAMES + " different elements");
        }
    }

    private void recognise() {
        kinds.forEach((name, kind) -> best(name, kind).ifPresent(dataset -> {
            kindsOf.computeIfAbsent(dataset, d -> new ArrayList<>()).add(name);
            used.add(name);
        }));
        kinds.forEach((name, kind) -> contracts.keySet().stream()
                .filter(dataset -> !kindsOf.containsKey(dataset) && isBeside(dataset, name))
                .forEach(dataset -> besideOthers.put(dataset, name)));
    }

    /** The dataset that a kind of element is named after, else the one that has most of its fields as columns. */
    private Optional<String> best(String name, Kind kind) {
        return contracts.keySet().stream()
                .filter(dataset -> {
                    Set<String> present = present(dataset, kind.fields());
                    Set<String> required = required(dataset);
                    required.retainAll(own(dataset));
                    return !present.isEmpty()
                            && (2 * present.size() >= own(dataset).size()
                                    || !required.isEmpty() && present.containsAll(required));
                })
                .max(Comparator.comparing(
                                (String dataset) -> Contract.normal(dataset).equals(name))
                        .thenComparing(
                                dataset -> standard(dataset, kind.fields()).size())
                        .thenComparing(
                                dataset -> -contracts.get(dataset).columns().size()));
    }

    /** Whether a kind of element that is recognised as another dataset also holds rows of this one. */
    private boolean isBeside(String dataset, String name) {
        if (!used.contains(name)) {
            return false;
        }
        Kind kind = kinds.get(name);
        Set<String> fields = new LinkedHashSet<>(kind.fields());
        fields.addAll(kind.outer());
        fields.addAll(who().map(kinds::get).map(Kind::fields).orElse(Set.of()));
        boolean isComplete = standard(dataset, fields).containsAll(required(dataset));
        boolean isFlagged = kind.fields().contains(Contract.normal(dataset));
        int present = present(dataset, kind.fields()).size();
        boolean isTaken = kindsOf.entrySet().stream()
                .filter(entry -> entry.getValue().contains(name))
                .anyMatch(entry -> contracts.get(entry.getKey()).columns().stream()
                        .map(Column::name)
                        .toList()
                        .containsAll(present(dataset, kind.fields())));
        return isComplete
                && (isFlagged
                        || present > 0
                                && !isTaken
                                && 2 * present >= own(dataset).size());
    }

    /** The columns of a dataset that do not say who the child is. */
    private Set<String> own(String dataset) {
        Contract contract = contracts.get(dataset);
        Set<String> own = contract.columns().stream()
                .filter(column -> column.type() != ColumnType.CHILD && !column.defaultsToYear())
                .map(Column::name)
                .collect(Collectors.toCollection(LinkedHashSet::new));
        if (!dataset.equals(WHO) && contracts.containsKey(WHO)) {
            contracts.get(WHO).columns().forEach(column -> own.remove(column.name()));
        }
        return own;
    }

    private Set<String> required(String dataset) {
        return contracts.get(dataset).columns().stream()
                .filter(column -> column.required() && !column.defaultsToYear())
                .map(Column::name)
                .collect(Collectors.toCollection(LinkedHashSet::new));
    }

    private Set<String> standard(String dataset, Set<String> fields) {
        Contract contract = contracts.get(dataset);
        return fields.stream()
                .flatMap(field -> contract.standardName(field).stream())
                .collect(Collectors.toCollection(LinkedHashSet::new));
    }

    private Set<String> present(String dataset, Set<String> fields) {
        Set<String> present = standard(dataset, fields);
        present.retainAll(own(dataset));
        return present;
    }

    private Optional<String> who() {
        return Optional.ofNullable(kindsOf.get(WHO)).map(names -> names.get(0));
    }

    /** The datasets that the file holds, in the order of their names. */
    List<String> datasets() {
        List<String> datasets = new ArrayList<>(kindsOf.keySet());
        datasets.addAll(besideOthers.keySet());
        return datasets.stream().sorted().toList();
    }

    /** How many kinds of elements belong to no dataset and hold more than who the child is. */
    long unknownKinds() {
        return kinds.entrySet().stream()
                .filter(entry -> !used.contains(entry.getKey()))
                .filter(entry -> !contracts.containsKey(WHO)
                        || standard(WHO, entry.getValue().fields()).size()
                                < entry.getValue().fields().size())
                .count();
    }

    /** Where the rows of a dataset are; of one that the file does not hold, a table without rows. */
    XmlTable table(String dataset) {
        boolean isBeside = besideOthers.containsKey(dataset);
        List<String> names = isBeside ? List.of(besideOthers.get(dataset)) : kindsOf.getOrDefault(dataset, List.of());
        Contract contract = contracts.get(dataset);
        Set<String> own = new LinkedHashSet<>();
        Set<String> around = new LinkedHashSet<>();
        for (String name : names) {
            kinds.get(name).fields().stream()
                    .filter(field -> !isBeside || contract.standardName(field).isPresent())
                    .forEach(own::add);
            around.addAll(kinds.get(name).outer());
        }
        who().ifPresent(name -> around.addAll(kinds.get(name).fields()));
        Set<String> covered = standard(dataset, own);
        List<String> inherited = new ArrayList<>();
        for (String field : around) {
            Optional<String> column = contract.standardName(field);
            if (column.isPresent() && !own(dataset).contains(column.get()) && covered.add(column.get())) {
                inherited.add(field);
            }
        }
        String flag = Contract.normal(dataset);
        boolean isFlagged = isBeside && kinds.get(names.get(0)).fields().contains(flag);
        List<String> onlyWith = own.stream()
                .filter(field -> isBeside
                        && own(dataset).contains(contract.standardName(field).orElseThrow()))
                .toList();
        return new XmlTable(names, List.copyOf(own), inherited, who().orElse(""), isFlagged ? flag : "", onlyWith);
    }
}
