package org.lacwarehouse.marts.gold;

import java.util.Map;
import java.util.TreeMap;
import org.apache.spark.sql.SparkSession;
import org.lacwarehouse.pipeline.conf.Conf;
import org.lacwarehouse.pipeline.conf.YamlNode;

/**
 * The whole numbers of the definitions that are settings, {@code conf/settings.yml}. SQL files use a setting as a function
 * without parameters: {@code pep_valid_days} as {@code setting_pep_valid_days()}.
 *
 * @param values the values by the name of the function
 */
record Settings(Map<String, Integer> values) {
    /** What the names of the functions begin with. */
    static final String PREFIX = "setting_";

    /**
     * Reads the file.
     *
     * @throws org.lacwarehouse.pipeline.conf.ConfException when a setting is no whole number above 0
     */
    static Settings read(Conf conf) {
        YamlNode root = YamlNode.parse(conf.file("settings.yml"));
        Map<String, Integer> values = new TreeMap<>();
        root.entries().forEach((name, node) -> {
            int value = root.number(name, 0);
            if (value <= 0) {
                throw node.error("a setting is a whole number above 0");
            }
            values.put(PREFIX + name, value);
        });
        return new Settings(values);
    }

    /** Defines the functions in a session. */
    void defineFunctions(SparkSession spark) {
        values.forEach((name, value) ->
                spark.sql("CREATE OR REPLACE TEMPORARY FUNCTION " + name + "() RETURNS INT RETURN " + value));
    }
}
