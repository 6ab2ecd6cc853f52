package org.lacwarehouse.marts.powerbi;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.apache.spark.sql.catalyst.analysis.UnresolvedAttribute;
import org.apache.spark.sql.catalyst.analysis.UnresolvedFunction;
import org.apache.spark.sql.catalyst.expressions.Add;
import org.apache.spark.sql.catalyst.expressions.And;
import org.apache.spark.sql.catalyst.expressions.BinaryComparison;
import org.apache.spark.sql.catalyst.expressions.BinaryOperator;
import org.apache.spark.sql.catalyst.expressions.CaseWhen;
import org.apache.spark.sql.catalyst.expressions.EqualNullSafe;
import org.apache.spark.sql.catalyst.expressions.Expression;
import org.apache.spark.sql.catalyst.expressions.GreaterThanOrEqual;
import org.apache.spark.sql.catalyst.expressions.In;
import org.apache.spark.sql.catalyst.expressions.IsNotNull;
import org.apache.spark.sql.catalyst.expressions.IsNull;
import org.apache.spark.sql.catalyst.expressions.LessThanOrEqual;
import org.apache.spark.sql.catalyst.expressions.Literal;
import org.apache.spark.sql.catalyst.expressions.Multiply;
import org.apache.spark.sql.catalyst.expressions.Not;
import org.apache.spark.sql.catalyst.expressions.Or;
import org.apache.spark.sql.catalyst.expressions.Subtract;
import org.apache.spark.sql.catalyst.expressions.UnaryMinus;
import org.apache.spark.sql.catalyst.parser.CatalystSqlParser$;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.unsafe.types.UTF8String;
import org.lacwarehouse.marts.gold.MartTable;
import scala.jdk.javaapi.CollectionConverters;

/**
 * Turns the SQL of a measure declaration into DAX that means the same. SQL has a third answer, unknown, wherever a value
 * is missing; DAX takes a blank for 0, for no text, or for a day in 1899. So a condition becomes DAX that is true exactly
 * where the SQL is true: a missing value is asked for where, without that, DAX would say yes.
 */
final class SqlToDax {
    /** The SQL has something that is not turned into DAX. */
    static final class UntranslatableException extends Exception {
        private static final long serialVersionUID = 1L;

        UntranslatableException(Object sql) {
            super("`" + sql + "` is not written in DAX");
        }
    }

    private static final Map<String, String> OPPOSITES = Map.of("=", "<>", "<", ">=", ">=", "<", ">", "<=", "<=", ">");

    private final MartTable fact;
    private final MartTable month;
    private final Set<String> used = new LinkedHashSet<>();

    /**
     * @param fact the table whose rows are looked at
     * @param month fact_authority_month, whose other columns are variables of the measure
     */
    SqlToDax(MartTable fact, MartTable month) {
        this.fact = fact;
        this.month = month;
    }

    /** The columns of the month that the translated SQL has used, besides period_end. */
    Set<String> monthColumns() {
        return used;
    }

    /** DAX that is true for the rows for which the SQL is true, and false for all others. */
    Dax condition(String sql) throws UntranslatableException {
        return isTrue(parse(sql), Set.of());
    }

    /** DAX that gives what the SQL gives, and a blank for null. */
    Dax value(String sql) throws UntranslatableException {
        return whole(parse(sql));
    }

    /** A value that is not part of a greater one: a blank where a part of it is missing. */
    private Dax whole(Expression sql) throws UntranslatableException {
        if (sql instanceof CaseWhen when && when.branches().size() == 1) {
            Dax condition = isTrue(when.branches().head()._1(), Set.of());
            Dax value = whole(when.branches().head()._2());
            return when.elseValue().isEmpty()
                    ? call("IF", condition, value)
                    : call("IF", condition, value, whole(when.elseValue().get()));
        }
        Dax value = value(sql);
        Set<String> needed = sql instanceof UnresolvedAttribute ? Set.of() : nullable(sql);
        return needed.isEmpty() ? value : call("IF", all(present(needed)), value);
    }

    private static Expression parse(String sql) throws UntranslatableException {
        try {
            return CatalystSqlParser$.MODULE$.parseExpression(sql);
        } catch (Exception e) { // Scala does not declare that the parser throws ParseException, which is checked
            throw new UntranslatableException(sql);
        }
    }

    /** @param present columns of which another condition, joined by AND, says that they are there */
    private Dax isTrue(Expression condition, Set<String> present) throws UntranslatableException {
        Expression sql = withoutBetween(condition);
        if (sql instanceof And and) {
            List<Expression> parts = new ArrayList<>();
            flatten(and, parts);
            Set<String> known = new HashSet<>(present);
            parts.forEach(part -> known.addAll(saysPresent(part)));
            List<Dax> terms = new ArrayList<>();
            for (Expression part : parts) {
                terms.add(isTrue(part, known));
            }
            return all(terms);
        }
        if (sql instanceof Or or) {
            return new Dax.Operation("||", isTrue(or.left(), present), isTrue(or.right(), present));
        }
        if (sql instanceof Not not) {
            return isFalse(not.child(), present);
        }
        if (sql instanceof UnresolvedAttribute attribute) {
            return yesNo(attribute);
        }
        return test(sql, false, present);
    }

    private Dax isFalse(Expression condition, Set<String> present) throws UntranslatableException {
        Expression sql = withoutBetween(condition);
        if (sql instanceof And and) {
            return new Dax.Operation("||", isFalse(and.left(), present), isFalse(and.right(), present));
        }
        if (sql instanceof Or or) {
            return all(List.of(isFalse(or.left(), present), isFalse(or.right(), present)));
        }
        if (sql instanceof Not not) {
            return isTrue(not.child(), present);
        }
        if (sql instanceof UnresolvedAttribute attribute) {
            return guarded(sql, present, call("NOT", yesNo(attribute)));
        }
        return test(sql, true, present);
    }

    private Dax test(Expression sql, boolean isNegated, Set<String> present) throws UntranslatableException {
        if (sql instanceof IsNull || sql instanceof IsNotNull) {
            Expression child = sql.children().head();
            if (!(child instanceof UnresolvedAttribute)) {
                throw new UntranslatableException(sql);
            }
            Dax blank = call("ISBLANK", value(child));
            return sql instanceof IsNull != isNegated ? blank : call("NOT", blank);
        }
        if (sql instanceof BinaryComparison comparison && !(sql instanceof EqualNullSafe)) {
            String operator = comparison.symbol();
            Dax left = value(comparison.left());
            Dax right = value(comparison.right());
            operator = isNegated ? OPPOSITES.get(operator) : operator;
            if (!isNegated && !saysPresent(sql).isEmpty()) {
                return new Dax.Operation(operator, left, right);
            }
            return guarded(sql, present, new Dax.Operation(operator, left, right));
        }
        if (sql instanceof In in) {
            List<Dax> values = new ArrayList<>();
            for (Expression value : CollectionConverters.asJava(in.list())) {
                if (!(value instanceof Literal)) {
                    throw new UntranslatableException(sql);
                }
                values.add(value(value));
            }
            Dax test = new Dax.In(value(in.value()), values);
            return guarded(sql, present, isNegated ? call("NOT", test) : test);
        }
        throw new UntranslatableException(sql);
    }

    /** A yes/no column of the fact; those of the month are not variables, as DAX has no greatest of yes and no. */
    private Dax yesNo(UnresolvedAttribute attribute) throws UntranslatableException {
        if (isOfMonth(name(attribute))) {
            throw new UntranslatableException(attribute);
        }
        return column(attribute);
    }

    /** A test that is only asked where all that it looks at is there. */
    private Dax guarded(Expression sql, Set<String> present, Dax test) {
        Set<String> needed = new LinkedHashSet<>(nullable(sql));
        needed.removeAll(present);
        List<Dax> terms = present(needed);
        terms.add(test);
        return all(terms);
    }

    private List<Dax> present(Set<String> columns) {
        List<Dax> terms = new ArrayList<>();
        columns.forEach(column -> terms.add(call("NOT", call("ISBLANK", column(column)))));
        return terms;
    }

    /**
     * The columns that are there when a condition is true: those that it says are not null, and one that is later than a
     * date of the month, which a blank, being a day in 1899, is not.
     */
    private Set<String> saysPresent(Expression sql) {
        if (sql instanceof IsNotNull && sql.children().head() instanceof UnresolvedAttribute attribute) {
            return Set.of(name(attribute));
        }
        if (sql instanceof BinaryComparison comparison
                && Set.of(">", ">=").contains(comparison.symbol())
                && comparison.right() instanceof UnresolvedAttribute date
                && isOfMonth(name(date))
                && name(date).matches("period_end|.*_start")) {
            Expression left = comparison.left() instanceof Add add && add.right() instanceof Literal
                    ? add.left()
                    : comparison.left();
            if (left instanceof UnresolvedAttribute attribute && !isOfMonth(name(attribute))) {
                return Set.of(name(attribute));
            }
        }
        return Set.of();
    }

    private Dax value(Expression sql) throws UntranslatableException {
        if (sql instanceof UnresolvedAttribute attribute) {
            return column(attribute);
        }
        if (sql instanceof Literal literal) {
            return constant(literal);
        }
        if (sql instanceof UnaryMinus minus) {
            return new Dax.Operation("-", new Dax.Constant(0), value(minus.child()));
        }
        if (sql instanceof Add || sql instanceof Subtract || sql instanceof Multiply) {
            BinaryOperator operation = (BinaryOperator) sql;
            return new Dax.Operation(operation.symbol(), value(operation.left()), value(operation.right()));
        }
        if (sql instanceof UnresolvedFunction function && isCalled(function, "coalesce")) {
            List<Dax> arguments = new ArrayList<>();
            for (Expression argument : CollectionConverters.asJava(function.arguments())) {
                if (!(argument instanceof UnresolvedAttribute || argument instanceof Literal)) {
                    throw new UntranslatableException(sql);
                }
                arguments.add(value(argument));
            }
            if (!(arguments.get(arguments.size() - 1) instanceof Dax.Constant)) {
                throw new UntranslatableException(sql);
            }
            return new Dax.Call("COALESCE", arguments);
        }
        throw new UntranslatableException(sql);
    }

    private static Dax constant(Literal literal) throws UntranslatableException {
        Object value = literal.value();
        if (value instanceof UTF8String text) {
            return new Dax.Constant(text.toString());
        }
        if (value instanceof org.apache.spark.sql.types.Decimal decimal) {
            return new Dax.Constant(new BigDecimal(decimal.toString()));
        }
        boolean isPlain = literal.dataType().equals(DataTypes.IntegerType)
                || literal.dataType().equals(DataTypes.LongType)
                || literal.dataType().equals(DataTypes.DoubleType)
                || literal.dataType().equals(DataTypes.BooleanType);
        if (value == null || !isPlain) {
            throw new UntranslatableException(literal);
        }
        return new Dax.Constant(value);
    }

    private Dax column(UnresolvedAttribute attribute) {
        return column(name(attribute));
    }

    private Dax column(String name) {
        if (!isOfMonth(name)) {
            return new Dax.Column(fact.name(), name);
        }
        used.add(name);
        return new Dax.Variable(name);
    }

    private boolean isOfMonth(String name) {
        return !fact.columns().containsKey(name);
    }

    /** The columns in an expression that may be null, but for those in a coalesce. */
    private Set<String> nullable(Expression sql) {
        Set<String> found = new LinkedHashSet<>();
        if (sql instanceof UnresolvedAttribute attribute) {
            String name = name(attribute);
            if (fact.nullable().contains(name)
                    || isOfMonth(name) && month.nullable().contains(name)) {
                found.add(name);
            }
        } else if (!(sql instanceof UnresolvedFunction)) {
            CollectionConverters.asJava(sql.children()).forEach(child -> found.addAll(nullable(child)));
        }
        return found;
    }

    private static String name(UnresolvedAttribute attribute) {
        return attribute.name().toLowerCase(Locale.ROOT);
    }

    private static Expression withoutBetween(Expression sql) {
        if (!(sql instanceof UnresolvedFunction function) || !isCalled(function, "between")) {
            return sql;
        }
        List<Expression> bounds = CollectionConverters.asJava(function.arguments());
        return new And(
                new GreaterThanOrEqual(bounds.get(0), bounds.get(1)),
                new LessThanOrEqual(bounds.get(0), bounds.get(2)));
    }

    private static boolean isCalled(UnresolvedFunction function, String name) {
        return function.nameParts().mkString(".").equalsIgnoreCase(name);
    }

    private static void flatten(Expression condition, List<Expression> parts) {
        Expression sql = withoutBetween(condition);
        if (sql instanceof And and) {
            flatten(and.left(), parts);
            flatten(and.right(), parts);
        } else {
            parts.add(sql);
        }
    }

    static Dax call(String function, Dax... arguments) {
        return new Dax.Call(function, List.of(arguments));
    }

    /** All of the terms together. */
    static Dax all(List<Dax> terms) {
        return terms.stream()
                .reduce((left, right) -> new Dax.Operation("&&", left, right))
                .orElse(new Dax.Constant(true));
    }
}
