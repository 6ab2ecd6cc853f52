package org.lacwarehouse.marts.gold;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/**
 * A table of the marts: what it is called, what people are told about it, how it is keyed, and how its rows are made.
 *
 * @param name its name in gold and in PostgreSQL
 * @param mart the mart it belongs to; {@code conformed} for what all marts share
 * @param grain what one row is: the comment of the table
 * @param primaryKey the columns that identify a row
 * @param foreignKeys the dimension that each key column refers to
 * @param nullable the columns that may be null; all others may not
 * @param columns the comment of each column, in table order
 * @param dependencies the tables and views that its rows are made from
 * @param source changes whenever the way the rows are made changes
 * @param rows makes the rows
 */
public record MartTable(
        String name,
        String mart,
        String grain,
        List<String> primaryKey,
        Map<String, String> foreignKeys,
        Set<String> nullable,
        Map<String, String> columns,
        Set<String> dependencies,
        String source,
        Function<SparkSession, Dataset<Row>> rows) {}
