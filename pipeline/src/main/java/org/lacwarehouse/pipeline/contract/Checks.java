package org.lacwarehouse.pipeline.contract;

import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.apache.spark.sql.catalyst.analysis.UnresolvedAttribute;
import org.apache.spark.sql.catalyst.expressions.Expression;
import org.apache.spark.sql.catalyst.parser.CatalystSqlParser$;
import org.lacwarehouse.pipeline.conf.ConfException;
import org.lacwarehouse.pipeline.conf.YamlNode;
import scala.jdk.javaapi.CollectionConverters;

/** Reads the checks of a contract; a condition that cannot be parsed or names an unknown column is a mistake of its file. */
final class Checks {
    private static final Set<String> ALWAYS_THERE = Set.of("born", Column.EXTRACT_DATE);

    private Checks() {}

    static Check read(YamlNode node, List<Column> columns) {
        node.onlyKeys("rule", "column", "reason", "where");
        String column = node.text("column");
        if (columns.stream().noneMatch(c -> c.name().equals(column))) {
            throw node.get("column").error("`" + column + "` is not a column of this dataset");
        }
        String where = node.text("where");
        Set<String> unknown;
        try {
            unknown = attributes(CatalystSqlParser$.MODULE$.parseExpression(where));
        } catch (ConfException e) {
            throw e;
        } catch (Exception e) { // Scala does not declare that the parser throws ParseException, which is checked
            throw node.get("where")
                    .error("the SQL cannot be parsed: "
                            + e.getMessage()
                                    .lines()
                                    .filter(line -> !line.isBlank())
                                    .findFirst()
                                    .orElse(""));
        }
        Set<String> known = columns.stream().map(Column::silverName).collect(Collectors.toCollection(TreeSet::new));
        unknown.removeIf(name ->
                ALWAYS_THERE.contains(name) || known.contains(name) || known.contains(name.replace("_reported", "")));
        if (!unknown.isEmpty()) {
            throw node.get("where").error("there is no column " + String.join(", ", unknown) + " to check");
        }
        return new Check(node.text("rule"), column, node.text("reason"), where);
    }

    private static Set<String> attributes(Expression expression) {
        Set<String> names = new TreeSet<>();
        if (expression instanceof UnresolvedAttribute attribute) {
            names.add(attribute.name().toLowerCase(Locale.ROOT));
        }
        CollectionConverters.asJava(expression.children()).forEach(child -> names.addAll(attributes(child)));
        return names;
    }
}
