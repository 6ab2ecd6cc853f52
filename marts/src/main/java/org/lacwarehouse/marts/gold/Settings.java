package org.lacwarehouse.marts.gold;

import java.util.Map;
import java.util.TreeMap;
import org.apache.spark.sql.SparkSession;
import org.lacwarehouse.pipeline.conf.Conf;
import org.lacwarehouse.pipeline.conf.YamlNode;

/**
 * The numbers and versions of the definitions that are settings, {@code conf/settings.yml}. SQL files use a setting as a function
 * without parameters: {@code pep_valid_days} as {@code setting_pep_valid_days()}.
 *
 * @param values the values as SQL by the name of the function
 */
record Settings(Map<String, String> values) {
    /** What the names of the functions begin with. */
    static final String PREFIX = "setting_";

    /**
     * Reads the file.
     *
     * @throws org.lacwarehouse.pipeline.conf.ConfException when a setting is neither a whole number above 0 nor a month like 2025-05
     */
    static Settings read(Conf conf) {
        YamlNode root = YamlNode.parse(conf.file("settings.yml"));
        Map<String, String> values = new TreeMap<>();
        root.entries().forEach((name, node) -> {
            String value = node.text();
            boolean isMonth = value.matches("20\\d{2}-(0[1-9]|1[0-2])");
            if (!isMonth && !value.matches("[1-9]\\d{0,8}")) {
                throw node.error("a setting is a whole number above 0, or a version by its month, such as 2025-05");
            }
            values.put(PREFIX + name, isMonth ? "'" + value + "'" : value);
        });
        return new Settings(values);
    }

    /** Defines the functions in a session. */
    void defineFunctions(SparkSession spark) {
        values.forEach(
                (name, value) -> spark.sql("CREATE OR REPLACE TEMPORARY FUNCTION " + name + "() RETURN " + value));
    }
}
