package org.lacwarehouse.marts.gold;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.apache.spark.sql.SparkSession;
import org.lacwarehouse.pipeline.conf.ConfException;
import org.lacwarehouse.pipeline.conf.ConfFile;
import org.lacwarehouse.pipeline.conf.ResourceFolder;
import org.lacwarehouse.pipeline.conf.YamlNode;

/**
 * The mart tables that are SQL files: {@code sql/<mart>/<table>.sql}, one SELECT each under a comment in YAML that gives
 * grain, keys and the words of every column.
 */
public final class SqlTables {
    private final List<MartTable> tables = new ArrayList<>();
    private final Map<String, String> selects = new LinkedHashMap<>();
    private final String functions;

    private SqlTables(String functions) {
        this.functions = functions;
    }

    /**
     * Reads the SQL files of the program.
     *
     * @throws ConfException when a header is incomplete or the SQL does something a mart table must not do
     */
    public static SqlTables read() {
        Map<String, String> texts = ResourceFolder.onClassPath("sql/functions.sql");
        SqlTables read = new SqlTables(texts.get("functions.sql"));
        texts.forEach((path, text) -> {
            if (path.endsWith(".sql") && path.contains("/")) {
                MartTable table = table(new ConfFile(path, text));
                read.tables.add(table);
                read.selects.put(table.name(), select(text));
            }
        });
        return read;
    }

    /** Parses one file. */
    static MartTable table(ConfFile file) {
        String text = file.text();
        int end = text.indexOf("*/");
        if (!text.startsWith("/*") || end < 0) {
            throw file.error(
                    1, "the file must begin with a comment /* ... */ that gives grain, primary_key and columns");
        }
        YamlNode header = YamlNode.parse(file, text.substring(2, end), 1);
        header.onlyKeys("grain", "primary_key", "foreign_keys", "nullable", "columns");
        Map<String, String> columns = new LinkedHashMap<>();
        header.get("columns").entries().forEach((name, words) -> columns.put(name, words.text()));
        Map<String, String> foreignKeys = new LinkedHashMap<>();
        header.find("foreign_keys")
                .ifPresent(keys -> keys.entries().forEach((name, table) -> foreignKeys.put(name, table.text())));
        List<String> primaryKey = header.texts("primary_key");
        Set<String> nullable = new LinkedHashSet<>(header.texts("nullable"));
        Set<String> named = new TreeSet<>(nullable);
        named.addAll(primaryKey);
        named.addAll(foreignKeys.keySet());
        named.removeAll(columns.keySet());
        if (!named.isEmpty() || primaryKey.isEmpty()) {
            throw header.error(
                    primaryKey.isEmpty()
                            ? "primary_key is missing"
                            : "these columns are named in the header and not described under columns: " + named);
        }
        String sql = select(text);
        int firstLine = 1 + (int) text.substring(0, text.indexOf(sql)).lines().count();
        Set<String> dependencies = SqlDependencies.of(file, firstLine, sql);
        return new MartTable(
                file.baseName(),
                file.folderName(),
                header.text("grain"),
                primaryKey,
                foreignKeys,
                nullable,
                columns,
                dependencies,
                text,
                spark -> spark.sql(sql));
    }

    private static String select(String text) {
        return text.substring(text.indexOf("*/") + 2).strip();
    }

    /** The SELECT of each table by its name. */
    Map<String, String> selects() {
        return selects;
    }

    /** The tables in file order. */
    public List<MartTable> tables() {
        return tables;
    }

    /** The shared SQL functions; their text is part of what every table is made from. */
    public String functions() {
        return functions;
    }

    /** Defines the shared functions in a session. */
    public void defineFunctions(SparkSession spark) {
        StringBuilder code = new StringBuilder();
        functions.lines().filter(line -> !line.startsWith("--")).forEach(line -> code.append(line)
                .append('\n'));
        for (String statement : code.toString().split(";\\s*\\n")) {
            if (!statement.isBlank()) {
                spark.sql(statement);
            }
        }
    }
}
