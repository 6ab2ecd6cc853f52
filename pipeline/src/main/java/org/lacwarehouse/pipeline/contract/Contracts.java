package org.lacwarehouse.pipeline.contract;

import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.lacwarehouse.pipeline.benchmark.DataSet;
import org.lacwarehouse.pipeline.benchmark.DataSets;
import org.lacwarehouse.pipeline.conf.Conf;
import org.lacwarehouse.pipeline.conf.ConfFile;
import org.lacwarehouse.pipeline.conf.YamlNode;
import org.lacwarehouse.pipeline.lake.Digest;

/** All contracts and code lists of a configuration, checked when they are read. */
public final class Contracts {
    private final Map<String, Contract> byId;
    private final Map<String, CodeList> codeLists;
    private final Map<String, DataSet> dataSets;

    private Contracts(Map<String, Contract> byId, Map<String, CodeList> codeLists, Map<String, DataSet> dataSets) {
        this.byId = byId;
        this.codeLists = codeLists;
        this.dataSets = dataSets;
    }

    /**
     * Reads {@code conf/sources}, {@code conf/codes} and {@code conf/benchmarks}.
     *
     * @throws org.lacwarehouse.pipeline.conf.ConfException on the first mistake, with file and line
     */
    public static Contracts read(Conf conf) {
        Map<String, CodeList> lists = CodeList.all(conf);
        String code = Digest.ofCode(Contracts.class);
        Map<String, Contract> byId = new LinkedHashMap<>();
        for (ConfFile file : conf.files("sources", "yml")) {
            Contract contract = contract(conf, file, lists, code);
            byId.put(contract.id(), contract);
        }
        Map<String, DataSet> dataSets = new LinkedHashMap<>();
        for (ConfFile file : conf.files("benchmarks", "yml")) {
            DataSet dataSet = DataSets.read(file, Contract::normal);
            dataSets.put(dataSet.name(), dataSet);
            Contract contract = contract(dataSet, file, code);
            byId.put(contract.id(), contract);
        }
        return new Contracts(byId, lists, dataSets);
    }

    /** The contract of a published data set, which is about its file alone: its rows are read by its description. */
    private static Contract contract(DataSet dataSet, ConfFile file, String code) {
        return new Contract(
                Contract.BENCHMARKS,
                dataSet.name(),
                dataSet.about(),
                List.of(),
                List.of(),
                Map.of(),
                "",
                false,
                false,
                null,
                List.of(),
                List.of(),
                List.of(Contract.BENCHMARKS),
                Map.of(),
                Digest.of(file.text(), code));
    }

    private static Contract contract(Conf conf, ConfFile file, Map<String, CodeList> lists, String code) {
        YamlNode root = YamlNode.parse(file);
        root.onlyKeys(
                "about",
                "key",
                "outside_key",
                "repairs",
                "names_children",
                "register",
                "person",
                "checks",
                "order",
                "needed_by",
                "columns");
        List<Column> columns = new ArrayList<>();
        StringBuilder everything = new StringBuilder(file.text());
        root.get("columns").entries().forEach((name, node) -> {
            Column column = column(name, node, lists);
            columns.add(column);
            if (column.codes() != null) {
                everything.append(
                        conf.file("codes/" + column.codes().name() + ".csv").text());
            }
        });
        Set<String> names = columns.stream().map(Column::name).collect(Collectors.toSet());
        List<KeyPart> key = root.texts("key").stream().map(KeyPart::parse).toList();
        key.forEach(part -> part.alternatives()
                .forEach(way -> way.forEach(column -> known(names, root.get("key"), "the key names", column))));
        Map<String, List<String>> scope = new LinkedHashMap<>();
        root.find("outside_key").ifPresent(node -> node.entries().forEach((column, codes) -> {
            known(names, codes, "outside_key names", column);
            scope.put(column, codes.items().stream().map(YamlNode::text).toList());
        }));
        for (Column column : columns) {
            for (String date : column.validOver()) {
                if (!date.equals(Column.EXTRACT_DATE)) {
                    known(names, root.get("columns").get(column.name()), "valid_over names", date);
                }
            }
        }
        PersonColumns person =
                root.find("person").map(node -> person(node, columns)).orElse(null);
        List<String> order = root.texts("order");
        order.forEach(column -> known(names, root.get("order"), "the order names", column));
        List<Check> checks = root.find("checks")
                .map(node -> node.items().stream()
                        .map(item -> Checks.read(item, columns))
                        .toList())
                .orElse(List.of());
        String id = file.folderName() + "/" + file.baseName();
        return new Contract(
                file.folderName(),
                file.baseName(),
                root.text("about"),
                List.copyOf(columns),
                key,
                scope,
                root.text("repairs", ""),
                root.flag("names_children"),
                root.flag("register"),
                person,
                checks,
                order,
                root.texts("needed_by"),
                councils(conf, id, columns),
                Digest.of(everything.toString(), code));
    }

    private static void known(Set<String> names, YamlNode place, String what, String column) {
        if (!names.contains(column)) {
            throw place.error(what + " `" + column + "`, which is not a column of this dataset");
        }
    }

    private static PersonColumns person(YamlNode node, List<Column> columns) {
        node.onlyKeys("number", "forename", "surname", "born");
        PersonColumns person = new PersonColumns(
                node.text("number", null),
                node.text("forename", null),
                node.text("surname", null),
                node.text("born", null));
        Map<String, Column> byName = columns.stream().collect(Collectors.toMap(Column::name, column -> column));
        person.all().forEach(name -> {
            known(byName.keySet(), node, "person names", name);
            if (byName.get(name).privacy() != Privacy.VAULT) {
                throw node.error("`" + name + "` says who a person is: give that column `privacy: vault`");
            }
        });
        if (person.number() == null && person.forename() == null
                || (person.forename() == null) != (person.surname() == null)
                || (person.forename() == null) != (person.born() == null)) {
            throw node.error("a person is named by `number`, by `forename`, `surname` and `born`, or by all four");
        }
        return person;
    }

    /** What councils spell in their own way: {@code councils/<code>/<source>/<dataset>.yml}. */
    private static Map<String, Contract.CouncilSpelling> councils(Conf conf, String id, List<Column> columns) {
        Map<String, Contract.CouncilSpelling> found = new LinkedHashMap<>();
        for (ConfFile file : conf.files("councils", "yml")) {
            List<String> path = List.of(file.path().split("/"));
            if (path.size() != 4 || !path.get(1).matches("\\d{3}")) {
                throw file.error(
                        1, "a council's own spellings are in councils/<three-digit code>/<source>/<dataset>.yml");
            }
            if (!id.equals(path.get(2) + "/" + file.baseName())) {
                continue;
            }
            Map<String, List<Alias>> headers = new LinkedHashMap<>();
            Map<String, List<Alias>> codes = new LinkedHashMap<>();
            Map<String, Column> byName = columns.stream().collect(Collectors.toMap(Column::name, column -> column));
            YamlNode.parse(file).onlyKeys("columns").get("columns").entries().forEach((name, node) -> {
                known(byName.keySet(), node, "this file spells", name);
                node.onlyKeys("aliases", "code_aliases");
                headers.put(name, headerAliases(node));
                codes.put(name, codeAliases(node, byName.get(name).codes()));
            });
            found.put(path.get(1), new Contract.CouncilSpelling(headers, codes, Digest.of(file.text())));
        }
        return found;
    }

    private static List<Alias> headerAliases(YamlNode node) {
        return node.find("aliases")
                .map(list -> list.items().stream()
                        .map(item -> item.isText()
                                ? new Alias(Contract.normal(item.text()), null, null, null)
                                : new Alias(
                                        Contract.normal(item.onlyKeys("spelling", "from", "to")
                                                .text("spelling")),
                                        null,
                                        item.date("from"),
                                        item.date("to")))
                        .toList())
                .orElse(List.of());
    }

    private static List<Alias> codeAliases(YamlNode node, CodeList list) {
        List<Alias> found = new ArrayList<>();
        node.find("code_aliases").ifPresent(aliases -> aliases.entries().forEach((spelling, meaning) -> {
            boolean always = meaning.isText();
            String code = always
                    ? meaning.text()
                    : meaning.onlyKeys("code", "from", "to").text("code");
            if (list == null || list.find(code).isEmpty()) {
                throw meaning.error("`" + code + "` is not a code of this column");
            }
            found.add(new Alias(
                    CodeList.normal(spelling),
                    code,
                    always ? null : meaning.date("from"),
                    always ? null : meaning.date("to")));
        }));
        return found;
    }

    private static Column column(String name, YamlNode node, Map<String, CodeList> lists) {
        node.onlyKeys(
                "type",
                "required",
                "codes",
                "valid_over",
                "unknown_allowed",
                "default",
                "max_length",
                "range",
                "privacy",
                "aliases",
                "code_aliases");
        ColumnType type = constant(ColumnType.class, node, "type", "text");
        CodeList codes = null;
        if (type == ColumnType.CODE) {
            codes = lists.get(node.text("codes"));
            if (codes == null) {
                throw node.get("codes").error("there is no code list codes/" + node.text("codes") + ".csv");
            }
        }
        return new Column(
                name,
                type,
                node.flag("required"),
                codes,
                node.texts("valid_over"),
                node.flag("unknown_allowed"),
                defaultsToYear(node, type),
                node.number("max_length", 0),
                range(node),
                constant(Privacy.class, node, "privacy", "open"),
                headerAliases(node),
                codeAliases(node, codes));
    }

    private static List<Integer> range(YamlNode node) {
        if (node.find("range").isEmpty()) {
            return List.of();
        }
        List<String> texts = node.texts("range");
        try {
            List<Integer> range = texts.stream().map(Integer::valueOf).toList();
            if (range.size() == 2 && range.get(0) <= range.get(1)) {
                return range;
            }
        } catch (NumberFormatException e) {
            // Said below, as any other range that is none.
        }
        throw node.get("range").error("a range is the smallest and the largest whole number: [0, 40]");
    }

    private static boolean defaultsToYear(YamlNode node, ColumnType type) {
        if (node.find("default").isEmpty()) {
            return false;
        }
        if (!node.text("default").equals("collection_year") || type != ColumnType.INTEGER) {
            throw node.get("default").error("the one default there is is `collection_year`, for a whole number");
        }
        return true;
    }

    private static <E extends Enum<E>> E constant(Class<E> kind, YamlNode node, String key, String otherwise) {
        String text = node.text(key, otherwise);
        for (E value : kind.getEnumConstants()) {
            if (value.name().toLowerCase(Locale.ROOT).equals(text)) {
                return value;
            }
        }
        throw node.error("`" + key + ": " + text + "` is not one of "
                + List.of(kind.getEnumConstants()).stream()
                        .map(value -> value.name().toLowerCase(Locale.ROOT))
                        .collect(Collectors.joining(", ")));
    }

    /** The contracts as they hold for extracts of a date of an authority: with the spellings that it uses then. */
    public Contracts agreedWith(String authority, LocalDate extractDate) {
        Map<String, Contract> agreed = new LinkedHashMap<>();
        byId.forEach((id, contract) -> agreed.put(id, contract.agreedWith(authority, extractDate)));
        return new Contracts(agreed, codeLists, dataSets);
    }

    /** Every contract, by source and dataset name. */
    public List<Contract> all() {
        return List.copyOf(byId.values());
    }

    /** Every code list by name. */
    public Map<String, CodeList> codeLists() {
        return codeLists;
    }

    /** Whether any dataset of that source has a contract. */
    public boolean knowsSource(String source) {
        return byId.values().stream().anyMatch(contract -> contract.source().equals(source));
    }

    /**
     * The contract of a dataset.
     *
     * @throws IllegalArgumentException when there is none
     */
    public Contract get(String source, String dataset) {
        return find(source, dataset)
                .orElseThrow(() -> new IllegalArgumentException("There is no contract for " + source + "/" + dataset));
    }

    /** The contract of a dataset, if there is one. */
    public Optional<Contract> find(String source, String dataset) {
        return Optional.ofNullable(byId.get(source + "/" + dataset));
    }

    /** The description of a published data set. */
    public DataSet dataSet(String name) {
        return dataSets.get(name);
    }

    /**
     * The contract of the dataset that a file is called after.
     *
     * @param stem the file's name in lower case, without its extension
     */
    public Optional<Contract> named(String source, String stem) {
        return source.equals(Contract.BENCHMARKS)
                ? dataSets.values().stream()
                        .filter(dataSet -> dataSet.isNamed(stem))
                        .findFirst()
                        .map(dataSet -> get(source, dataSet.name()))
                : find(source, stem);
    }

    /** The dataset that names the children whom the rows of another one of its source are about. */
    public Optional<Contract> naming(Contract other) {
        return byId.values().stream()
                .filter(contract -> contract.namesChildren()
                        && contract.source().equals(other.source())
                        && other.isAboutChildren()
                        && !contract.id().equals(other.id()))
                .findFirst();
    }

    /**
     * The contract that a header row fits: the one of that source of which the header holds every column that has no default, and of several
     * the one with most columns. This is how a file with an unexpected name is recognised.
     */
    public Optional<Contract> recognise(String source, List<String> header) {
        return byId.values().stream()
                .filter(contract -> contract.source().equals(source) && !contract.isBenchmark())
                .filter(contract -> header.stream()
                        .map(contract::standardName)
                        .flatMap(Optional::stream)
                        .collect(Collectors.toSet())
                        .containsAll(contract.columns().stream()
                                .filter(column -> !column.defaultsToYear())
                                .map(Column::name)
                                .toList()))
                .max(Comparator.comparingInt(contract -> contract.columns().size()));
    }
}
