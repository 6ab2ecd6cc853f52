package org.lacwarehouse.pipeline.contract;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.lacwarehouse.pipeline.conf.Conf;
import org.lacwarehouse.pipeline.conf.ConfFile;
import org.lacwarehouse.pipeline.conf.YamlNode;
import org.lacwarehouse.pipeline.lake.Digest;

/** All contracts and code lists of a configuration, checked when they are read. */
public final class Contracts {
    private final Map<String, Contract> byId;
    private final Map<String, CodeList> codeLists;

    private Contracts(Map<String, Contract> byId, Map<String, CodeList> codeLists) {
        this.byId = byId;
        this.codeLists = codeLists;
    }

    /**
     * Reads {@code conf/sources} and {@code conf/codes}.
     *
     * @throws org.lacwarehouse.pipeline.conf.ConfException on the first mistake, with file and line
     */
    public static Contracts read(Conf conf) {
        Map<String, CodeList> lists = CodeList.all(conf);
        Map<String, Contract> byId = new LinkedHashMap<>();
        for (ConfFile file : conf.files("sources", "yml")) {
            Contract contract = contract(conf, file, lists);
            byId.put(contract.id(), contract);
        }
        return new Contracts(byId, lists);
    }

    private static Contract contract(Conf conf, ConfFile file, Map<String, CodeList> lists) {
        YamlNode root = YamlNode.parse(file);
        root.onlyKeys("about", "key", "outside_key", "repairs", "needed_by", "columns");
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
        List<String> key = root.texts("key");
        for (String part : key) {
            if (!names.contains(part)) {
                throw root.get("key").error("the key names `" + part + "`, which is not a column of this dataset");
            }
        }
        Map<String, List<String>> scope = new LinkedHashMap<>();
        root.find("outside_key").ifPresent(node -> node.entries().forEach((column, codes) -> {
            if (!names.contains(column)) {
                throw codes.error("`" + column + "` is not a column of this dataset");
            }
            scope.put(column, codes.items().stream().map(YamlNode::text).toList());
        }));
        for (Column column : columns) {
            for (String date : column.validOver()) {
                if (!names.contains(date)) {
                    throw root.get("columns")
                            .get(column.name())
                            .error("valid_over names `" + date + "`, which is not a column of this dataset");
                }
            }
        }
        return new Contract(
                file.folderName(),
                file.baseName(),
                root.text("about"),
                List.copyOf(columns),
                key,
                scope,
                root.text("repairs", ""),
                root.texts("needed_by"),
                Digest.of(everything.toString(), Digest.ofCode(Contracts.class)));
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
                "privacy",
                "aliases");
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
                constant(Privacy.class, node, "privacy", "open"),
                node.texts("aliases"));
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

    /**
     * The contract that a header row fits: the one of that source of which the header holds every column that has no default, and of several
     * the one with most columns. This is how a file with an unexpected name is recognised.
     */
    public Optional<Contract> recognise(String source, List<String> header) {
        return byId.values().stream()
                .filter(contract -> contract.source().equals(source))
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
