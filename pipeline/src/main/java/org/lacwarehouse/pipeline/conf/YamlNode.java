package org.lacwarehouse.pipeline.conf;

import java.io.StringReader;
import java.time.LocalDate;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;
import org.yaml.snakeyaml.error.MarkedYAMLException;
import org.yaml.snakeyaml.error.YAMLException;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.NodeTuple;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.SequenceNode;
import org.yaml.snakeyaml.representer.Representer;

/**
 * A place in a YAML file that knows its line, so that whatever is wrong with it can be said with file and line. All
 * accessors throw {@link ConfException} when the file does not hold what is asked for.
 */
public final class YamlNode {
    private final ConfFile file;
    private final int firstLine;
    private final Node node;

    private YamlNode(ConfFile file, int firstLine, Node node) {
        this.file = file;
        this.firstLine = firstLine;
        this.node = node;
    }

    /** Parses a whole file. */
    public static YamlNode parse(ConfFile file) {
        return parse(file, file.text(), 1);
    }

    /**
     * Parses a part of a file, such as the header comment of an SQL file.
     *
     * @param firstLine the line of the file on which the part starts
     */
    public static YamlNode parse(ConfFile file, String part, int firstLine) {
        try {
            LoaderOptions options = new LoaderOptions();
            options.setAllowDuplicateKeys(false);
            Yaml yaml = new Yaml(new SafeConstructor(options), new Representer(new org.yaml.snakeyaml.DumperOptions()));
            Node root = yaml.compose(new StringReader(part));
            if (root == null) {
                throw file.error(firstLine, "the file is empty");
            }
            return new YamlNode(file, firstLine, root);
        } catch (MarkedYAMLException e) {
            int line = firstLine
                    + (e.getProblemMark() == null ? 0 : e.getProblemMark().getLine());
            throw file.error(line, "this is not valid YAML: " + e.getProblem());
        } catch (YAMLException e) {
            throw file.error(firstLine, "this is not valid YAML: " + e.getMessage());
        }
    }

    /** An error about this place. */
    public ConfException error(String message) {
        return file.error(line(), message);
    }

    /** The line of the file on which this place starts. */
    public int line() {
        return firstLine + node.getStartMark().getLine();
    }

    /** The children of a mapping by key, in file order. */
    public Map<String, YamlNode> entries() {
        if (!(node instanceof MappingNode mapping)) {
            throw error("expected `key: value` lines here");
        }
        Map<String, YamlNode> found = new LinkedHashMap<>();
        for (NodeTuple tuple : mapping.getValue()) {
            YamlNode key = new YamlNode(file, firstLine, tuple.getKeyNode());
            if (found.put(key.text(), new YamlNode(file, firstLine, tuple.getValueNode())) != null) {
                throw key.error("`" + key.text() + "` is given twice");
            }
        }
        return found;
    }

    /** Fails on the first key that is not one of the known ones, so that a misspelt key is never ignored. */
    public YamlNode onlyKeys(String... known) {
        for (Map.Entry<String, YamlNode> entry : entries().entrySet()) {
            if (!Arrays.asList(known).contains(entry.getKey())) {
                throw entry.getValue()
                        .error("`" + entry.getKey() + "` is not known here; use one of " + String.join(", ", known));
            }
        }
        return this;
    }

    /** The child of that key. */
    public YamlNode get(String key) {
        return find(key).orElseThrow(() -> error("`" + key + "` is missing"));
    }

    /** The child of that key, if there is one with a value. */
    public Optional<YamlNode> find(String key) {
        return Optional.ofNullable(entries().get(key))
                .filter(child -> !(child.node instanceof ScalarNode scalar
                        && scalar.getValue().isEmpty()));
    }

    /** This place's text. */
    public String text() {
        if (!(node instanceof ScalarNode scalar)) {
            throw error("expected a single value here");
        }
        return scalar.getValue().strip();
    }

    /** The text of a key. */
    public String text(String key) {
        return get(key).text();
    }

    /** The text of a key, or another text when the key is absent. */
    public String text(String key, String otherwise) {
        return find(key).map(YamlNode::text).orElse(otherwise);
    }

    /** Whether this place is a single value, not a list or `key: value` lines. */
    public boolean isText() {
        return node instanceof ScalarNode;
    }

    /** The date of a key; null when the key is absent. */
    public LocalDate date(String key) {
        Optional<YamlNode> child = find(key);
        try {
            return child.isEmpty() ? null : LocalDate.parse(child.get().text());
        } catch (DateTimeParseException e) {
            throw child.get().error("expected a date like 2024-04-01");
        }
    }

    /** The yes or no of a key; absent means no. */
    public boolean flag(String key) {
        Optional<YamlNode> child = find(key);
        return child.isPresent() && child.get().flag();
    }

    private boolean flag() {
        return switch (text()) {
            case "true", "yes" -> true;
            case "false", "no" -> false;
            default -> throw error("expected true or false");
        };
    }

    /** The whole number of a key, or another when the key is absent. */
    public int number(String key, int otherwise) {
        Optional<YamlNode> child = find(key);
        try {
            return child.isEmpty() ? otherwise : Integer.parseInt(child.get().text());
        } catch (NumberFormatException e) {
            throw child.get().error("expected a whole number");
        }
    }

    /** The items of a list. */
    public List<YamlNode> items() {
        if (!(node instanceof SequenceNode sequence)) {
            throw error("expected a list here: [one, two]");
        }
        List<YamlNode> found = new ArrayList<>();
        for (Node item : sequence.getValue()) {
            found.add(new YamlNode(file, firstLine, item));
        }
        return found;
    }

    /** The texts of a list under a key; none when the key is absent. */
    public List<String> texts(String key) {
        return find(key)
                .map(list -> list.items().stream().map(YamlNode::text).toList())
                .orElse(List.of());
    }
}
