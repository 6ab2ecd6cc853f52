package org.lacwarehouse.marts.powerbi;

import java.util.List;
import java.util.stream.Collectors;

/**
 * An expression of DAX over the columns of one table and the variables of a measure. A tree, so that brackets stand where
 * they must, and so that what it means can be proved: a test gives it the same meaning in SQL and compares the figures.
 */
public sealed interface Dax {
    /** How tightly an expression holds together: an operand that holds less tightly than its operator needs brackets. */
    int OR = 1;

    /** See {@link #OR}. */
    int AND = 2;

    /** See {@link #OR}. */
    int COMPARISON = 3;

    /** See {@link #OR}. */
    int SUM = 4;

    /** See {@link #OR}. */
    int PRODUCT = 5;

    /** See {@link #OR}. */
    int ATOM = 6;

    /** The expression as DAX. */
    String text();

    /** How tightly it holds together. */
    default int binding() {
        return ATOM;
    }

    /**
     * A column of the row that is looked at.
     *
     * @param table the fact
     * @param name the column
     */
    record Column(String table, String name) implements Dax {
        @Override
        public String text() {
            return table + "[" + name + "]";
        }
    }

    /**
     * A variable of the measure: a date, or another column, of the month end.
     *
     * @param column the column of fact_authority_month that it holds
     */
    record Variable(String column) implements Dax {
        /** The name: {@code year_start} is {@code YearStart}. */
        public static String name(String column) {
            StringBuilder name = new StringBuilder();
            for (String word : column.split("_")) {
                name.append(Character.toUpperCase(word.charAt(0))).append(word, 1, word.length());
            }
            return name.toString();
        }

        @Override
        public String text() {
            return name(column);
        }
    }

    /** A text, a number, or TRUE and FALSE. */
    record Constant(Object value) implements Dax {
        @Override
        public String text() {
            if (value instanceof Boolean yes) {
                return yes ? "TRUE ()" : "FALSE ()";
            }
            return value instanceof String words ? "\"" + words.replace("\"", "\"\"") + "\"" : value.toString();
        }

        @Override
        public int binding() {
            return value instanceof Number number && number.doubleValue() < 0 ? SUM : ATOM;
        }
    }

    /** An operator between two expressions: and, or, a comparison, +, -, *. */
    record Operation(String operator, Dax left, Dax right) implements Dax {
        @Override
        public int binding() {
            return switch (operator) {
                case "||" -> OR;
                case "&&" -> AND;
                case "+", "-" -> SUM;
                case "*" -> PRODUCT;
                default -> COMPARISON;
            };
        }

        @Override
        public String text() {
            boolean same = right instanceof Operation other
                    && other.operator.equals(operator)
                    && (operator.equals("&&") || operator.equals("||"));
            return within(left, left.binding() < binding() || left.binding() == COMPARISON && binding() == COMPARISON)
                    + " " + operator + " "
                    + within(right, right.binding() < binding() || right.binding() == binding() && !same);
        }

        private static String within(Dax operand, boolean isBracketed) {
            return isBracketed ? "( " + operand.text() + " )" : operand.text();
        }
    }

    /** A function: NOT, ISBLANK, COALESCE or IF. */
    record Call(String function, List<Dax> arguments) implements Dax {
        @Override
        public String text() {
            return function + " ( " + arguments.stream().map(Dax::text).collect(Collectors.joining(", ")) + " )";
        }
    }

    /** Whether a value is one of some. */
    record In(Dax value, List<Dax> values) implements Dax {
        @Override
        public int binding() {
            return COMPARISON;
        }

        @Override
        public String text() {
            return value.text() + " IN { " + values.stream().map(Dax::text).collect(Collectors.joining(", ")) + " }";
        }
    }
}
