package org.lacwarehouse.marts.gold;

import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import org.apache.spark.sql.catalyst.analysis.UnresolvedFunction;
import org.apache.spark.sql.catalyst.analysis.UnresolvedRelation;
import org.apache.spark.sql.catalyst.analysis.UnresolvedStar;
import org.apache.spark.sql.catalyst.expressions.Expression;
import org.apache.spark.sql.catalyst.expressions.SubqueryExpression;
import org.apache.spark.sql.catalyst.parser.CatalystSqlParser$;
import org.apache.spark.sql.catalyst.parser.ParseException;
import org.apache.spark.sql.catalyst.plans.logical.LogicalPlan;
import org.apache.spark.sql.catalyst.plans.logical.UnresolvedWith;
import org.lacwarehouse.pipeline.conf.ConfException;
import org.lacwarehouse.pipeline.conf.ConfFile;
import scala.jdk.javaapi.CollectionConverters;

/** Finds by parsing what a SELECT reads, and refuses what would make a mart depend on the day or hide a column. */
final class SqlDependencies {
    private static final Set<String> NOT_REPEATABLE = Set.of(
            "current_date", "current_timestamp", "now", "rand", "random", "randn", "uuid", "curdate", "localtimestamp");

    private final ConfFile file;
    private final int line;
    private final Set<String> tables = new TreeSet<>();
    private final Set<String> local = new TreeSet<>();

    private SqlDependencies(ConfFile file, int line) {
        this.file = file;
        this.line = line;
    }

    /** The tables, views and settings that a SELECT reads. */
    static Set<String> of(ConfFile file, int firstLine, String sql) {
        SqlDependencies found = new SqlDependencies(file, firstLine);
        try {
            found.visit(CatalystSqlParser$.MODULE$.parsePlan(sql));
        } catch (ConfException e) {
            throw e;
        } catch (Exception e) { // Scala does not declare that the parser throws ParseException, which is checked
            int at = e instanceof ParseException parse && parse.line().isDefined()
                    ? firstLine + (int) parse.line().get() - 1
                    : firstLine;
            throw file.error(
                    at,
                    "the SQL cannot be parsed: "
                            + e.getMessage()
                                    .lines()
                                    .filter(l -> !l.isBlank())
                                    .findFirst()
                                    .orElse(""));
        }
        found.tables.removeAll(found.local);
        return found.tables;
    }

    private void visit(LogicalPlan plan) {
        if (plan instanceof UnresolvedRelation relation) {
            tables.add(relation.tableName().toLowerCase(Locale.ROOT));
        }
        if (plan instanceof UnresolvedWith with) {
            CollectionConverters.asJava(with.cteRelations()).forEach(cte -> {
                local.add(cte._1().toLowerCase(Locale.ROOT));
                visit(cte._2());
            });
        }
        CollectionConverters.asJava(plan.expressions()).forEach(expression -> {
            if (expression instanceof UnresolvedStar) {
                throw file.error(line, "SELECT * hides which columns a table has; name them");
            }
            visit(expression);
        });
        CollectionConverters.asJava(plan.children()).forEach(this::visit);
    }

    private void visit(Expression expression) {
        if (expression instanceof UnresolvedFunction function) {
            String name =
                    CollectionConverters.asJava(function.nameParts()).get(0).toLowerCase(Locale.ROOT);
            if (NOT_REPEATABLE.contains(name)) {
                throw file.error(line, name + " must not be used: the same data must give the same mart on any day");
            }
            if (name.startsWith(Settings.PREFIX)) {
                tables.add(name);
            }
        }
        if (expression instanceof SubqueryExpression subquery) {
            visit((LogicalPlan) subquery.plan());
        }
        CollectionConverters.asJava(expression.children()).forEach(this::visit);
    }
}
