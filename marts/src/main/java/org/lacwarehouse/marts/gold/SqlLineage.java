package org.lacwarehouse.marts.gold;

import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import org.apache.spark.sql.catalyst.analysis.UnresolvedAttribute;
import org.apache.spark.sql.catalyst.analysis.UnresolvedRelation;
import org.apache.spark.sql.catalyst.expressions.Alias;
import org.apache.spark.sql.catalyst.expressions.Expression;
import org.apache.spark.sql.catalyst.expressions.NamedExpression;
import org.apache.spark.sql.catalyst.expressions.SubqueryExpression;
import org.apache.spark.sql.catalyst.expressions.UnresolvedNamedLambdaVariable;
import org.apache.spark.sql.catalyst.parser.CatalystSqlParser$;
import org.apache.spark.sql.catalyst.plans.LeftAnti$;
import org.apache.spark.sql.catalyst.plans.LeftOuter$;
import org.apache.spark.sql.catalyst.plans.LeftSemi$;
import org.apache.spark.sql.catalyst.plans.logical.Aggregate;
import org.apache.spark.sql.catalyst.plans.logical.Filter;
import org.apache.spark.sql.catalyst.plans.logical.Join;
import org.apache.spark.sql.catalyst.plans.logical.LogicalPlan;
import org.apache.spark.sql.catalyst.plans.logical.Project;
import org.apache.spark.sql.catalyst.plans.logical.SubqueryAlias;
import org.apache.spark.sql.catalyst.plans.logical.Union;
import org.apache.spark.sql.catalyst.plans.logical.UnresolvedWith;
import org.apache.spark.sql.catalyst.plans.logical.WithWindowDefinition;
import scala.jdk.javaapi.CollectionConverters;

/**
 * Finds by parsing from which datasets the rows and each column of a mart table are made, so that nobody has to write it
 * down. What decides whether there is a row (what it is read from, joined to and filtered by) counts for the rows; what a
 * LEFT JOIN adds counts for the columns that use it. A dimension only gives names to codes: its columns count, that it is
 * joined does not.
 */
final class SqlLineage {
    private static final String WHOLE = "";

    private final Function<String, String> selects;
    private final Map<String, Set<String>> datasets;
    private final Map<String, Relation> known = new HashMap<>();

    /**
     * @param selects the SELECT of a mart table by its name; null for what is made otherwise
     * @param datasets the datasets behind each view of a dataset or of the care history
     */
    SqlLineage(Function<String, String> selects, Map<String, Set<String>> datasets) {
        this.selects = selects;
        this.datasets = datasets;
    }

    /**
     * What can be read.
     *
     * @param rows the datasets that decide which rows there are
     * @param columns the datasets of each column; null where every column is of the same datasets as the rows
     * @param isDimension whether it only gives names to codes
     */
    private record Relation(Set<String> rows, Map<String, Set<String>> columns, boolean isDimension) {
        Set<String> column(String name) {
            return columns == null ? rows : columns.getOrDefault(name, Set.of());
        }

        /** This relation where another decides, too, what its columns hold. */
        Relation withColumnsOf(Set<String> more) {
            if (columns == null) {
                return new Relation(together(rows, more), null, isDimension);
            }
            Map<String, Set<String>> all = new TreeMap<>();
            columns.forEach((name, own) -> all.put(name, together(own, more)));
            return new Relation(rows, all, isDimension);
        }
    }

    /** Part of a query: what decides its rows, and what names in it mean. */
    private record Part(Set<String> rows, Map<String, Relation> scope) {}

    /** The datasets from which the rows of a mart table, and some of its columns, are made. */
    Set<String> of(String table, Collection<String> columns) {
        Relation relation = relation(table);
        Set<String> found = new TreeSet<>(relation.rows());
        columns.forEach(column -> found.addAll(relation.column(column)));
        return found;
    }

    private Relation relation(String name) {
        Relation relation = known.get(name);
        if (relation == null) {
            relation = read(name);
            known.put(name, relation);
        }
        return relation;
    }

    private Relation read(String name) {
        if (datasets.containsKey(name)) {
            return new Relation(datasets.get(name), null, false);
        }
        String sql = selects.apply(name);
        boolean isDimension = name.startsWith("dim_");
        if (sql == null) {
            return new Relation(Set.of(), Map.of(), isDimension);
        }
        try {
            Relation made = whole(part(CatalystSqlParser$.MODULE$.parsePlan(sql), Map.of()));
            return new Relation(isDimension ? Set.of() : made.rows(), made.columns(), isDimension);
        } catch (Exception e) { // Scala does not declare that the parser throws ParseException, which is checked
            throw new IllegalStateException("What " + name + " is made from cannot be found", e);
        }
    }

    private static Relation whole(Part part) {
        if (part.scope().size() == 1) {
            Relation only = part.scope().values().iterator().next();
            return new Relation(part.rows(), only.columns(), only.isDimension());
        }
        Map<String, Set<String>> columns = new TreeMap<>();
        part.scope().values().forEach(relation -> Map.copyOf(relation.columns() == null ? Map.of() : relation.columns())
                .forEach((name, from) -> columns.merge(name, from, SqlLineage::together)));
        return new Relation(part.rows(), columns, false);
    }

    private Part part(LogicalPlan plan, Map<String, Relation> named) {
        if (plan instanceof UnresolvedWith with) {
            Map<String, Relation> all = new HashMap<>(named);
            CollectionConverters.asJava(with.cteRelations())
                    .forEach(cte -> all.put(cte._1().toLowerCase(Locale.ROOT), whole(part(cte._2(), all))));
            return part(with.child(), all);
        }
        if (plan instanceof UnresolvedRelation read) {
            String name = read.tableName().toLowerCase(Locale.ROOT);
            Relation relation = named.containsKey(name) ? named.get(name) : relation(name);
            return new Part(relation.rows(), Map.of(name, relation));
        }
        if (plan instanceof SubqueryAlias alias) {
            Part inner = part(alias.child(), named);
            return new Part(inner.rows(), Map.of(alias.alias().toLowerCase(Locale.ROOT), whole(inner)));
        }
        if (plan instanceof WithWindowDefinition windows) {
            Part inner = part(windows.child(), named);
            Set<String> ordered = new TreeSet<>();
            CollectionConverters.asJava(windows.windowDefinitions())
                    .values()
                    .forEach(window -> ordered.addAll(from(window, inner, named, false)));
            return widened(inner, ordered);
        }
        if (plan instanceof Filter filter) {
            Part inner = part(filter.child(), named);
            return new Part(together(inner.rows(), from(filter.condition(), inner, named, true)), inner.scope());
        }
        if (plan instanceof Join join) {
            return join(join, named);
        }
        if (plan instanceof Project project) {
            Part inner = part(project.child(), named);
            return select(project.projectList(), inner, inner.rows(), named);
        }
        if (plan instanceof Aggregate aggregate) {
            Part inner = part(aggregate.child(), named);
            Set<String> rows = new TreeSet<>(inner.rows());
            CollectionConverters.asJava(aggregate.groupingExpressions())
                    .forEach(group -> rows.addAll(from(group, inner, named, true)));
            return select(aggregate.aggregateExpressions(), inner, rows, named);
        }
        if (plan instanceof Union union) {
            return union(CollectionConverters.asJava(union.children()), named);
        }
        List<LogicalPlan> children = CollectionConverters.asJava(plan.children());
        if (children.size() == 1) {
            return part(children.get(0), named);
        }
        Set<String> rows = new TreeSet<>();
        Map<String, Relation> scope = new LinkedHashMap<>();
        for (LogicalPlan child : children) {
            Part inner = part(child, named);
            rows.addAll(inner.rows());
            scope.putAll(inner.scope());
        }
        return new Part(rows, scope);
    }

    private Part join(Join join, Map<String, Relation> named) {
        Part left = part(join.left(), named);
        Part right = part(join.right(), named);
        Map<String, Relation> both = new LinkedHashMap<>(left.scope());
        both.putAll(right.scope());
        Set<String> joined = join.condition().isDefined()
                ? from(join.condition().get(), new Part(Set.of(), both), named, true)
                : Set.of();
        if (join.joinType().equals(LeftSemi$.MODULE$) || join.joinType().equals(LeftAnti$.MODULE$)) {
            return new Part(together(together(left.rows(), right.rows()), joined), left.scope());
        }
        if (join.joinType().equals(LeftOuter$.MODULE$)) {
            Set<String> more = together(right.rows(), joined);
            right.scope().forEach((alias, relation) -> both.put(alias, relation.withColumnsOf(more)));
            return new Part(left.rows(), both);
        }
        return new Part(together(together(left.rows(), right.rows()), joined), both);
    }

    private Part select(
            scala.collection.immutable.Seq<NamedExpression> list,
            Part inner,
            Set<String> rows,
            Map<String, Relation> named) {
        Map<String, Set<String>> columns = new LinkedHashMap<>();
        for (NamedExpression selected : CollectionConverters.asJava(list)) {
            Expression expression = (Expression) selected;
            String name = expression instanceof Alias alias
                    ? alias.name()
                    : expression instanceof UnresolvedAttribute attribute
                            ? last(attribute.nameParts())
                            : expression.sql();
            columns.put(name.toLowerCase(Locale.ROOT), from(expression, inner, named, false));
        }
        return new Part(rows, Map.of(WHOLE, new Relation(rows, columns, false)));
    }

    private Part union(List<LogicalPlan> branches, Map<String, Relation> named) {
        Set<String> rows = new TreeSet<>();
        List<String> names = null;
        Map<String, Set<String>> columns = new LinkedHashMap<>();
        for (LogicalPlan branch : branches) {
            Relation relation = whole(part(branch, named));
            rows.addAll(relation.rows());
            List<String> own = List.copyOf(relation.columns().keySet());
            names = names == null ? own : names;
            for (int i = 0; i < Math.min(names.size(), own.size()); i++) {
                columns.merge(names.get(i), relation.column(own.get(i)), SqlLineage::together);
            }
        }
        return new Part(rows, Map.of(WHOLE, new Relation(rows, columns, false)));
    }

    private static Part widened(Part part, Set<String> more) {
        Map<String, Relation> scope = new LinkedHashMap<>();
        part.scope().forEach((alias, relation) -> scope.put(alias, relation.withColumnsOf(more)));
        return new Part(part.rows(), scope);
    }

    /**
     * The datasets that an expression reads.
     *
     * @param isCondition whether it only says which rows belong together: then what a dimension adds does not count
     */
    private Set<String> from(Expression expression, Part part, Map<String, Relation> named, boolean isCondition) {
        Set<String> found = new TreeSet<>();
        if (expression instanceof UnresolvedAttribute attribute) {
            found.addAll(column(CollectionConverters.asJava(attribute.nameParts()), part, isCondition, true));
        } else if (expression instanceof UnresolvedNamedLambdaVariable variable) {
            found.addAll(column(CollectionConverters.asJava(variable.nameParts()), part, isCondition, false));
        } else if (expression instanceof SubqueryExpression subquery) {
            Part inner = part((LogicalPlan) subquery.plan(), named);
            found.addAll(inner.rows());
            inner.scope().values().forEach(relation -> {
                if (relation.columns() != null) {
                    relation.columns().values().forEach(found::addAll);
                }
            });
        }
        CollectionConverters.asJava(expression.children())
                .forEach(child -> found.addAll(from(child, part, named, isCondition)));
        return found;
    }

    /** What a name means: {@code relation.column}, {@code column}, or either with a field of a struct. */
    private static Set<String> column(List<String> parts, Part part, boolean isCondition, boolean isCertain) {
        String first = parts.get(0).toLowerCase(Locale.ROOT);
        Relation relation = part.scope().get(first);
        if (relation != null && parts.size() > 1) {
            return isCondition && relation.isDimension()
                    ? Set.of()
                    : relation.column(parts.get(1).toLowerCase(Locale.ROOT));
        }
        Set<String> found = new TreeSet<>();
        boolean isFound = false;
        for (Relation each : part.scope().values()) {
            if (each.columns() != null && each.columns().containsKey(first)) {
                isFound = true;
                found.addAll(isCondition && each.isDimension() ? Set.of() : each.column(first));
            }
        }
        if (!isFound && isCertain) {
            part.scope().values().stream()
                    .filter(each -> each.columns() == null)
                    .forEach(each -> found.addAll(each.rows()));
        }
        return found;
    }

    private static String last(scala.collection.immutable.Seq<String> parts) {
        List<String> names = CollectionConverters.asJava(parts);
        return names.get(names.size() - 1);
    }

    private static Set<String> together(Set<String> one, Set<String> other) {
        Set<String> both = new TreeSet<>(one);
        both.addAll(other);
        return both;
    }
}
