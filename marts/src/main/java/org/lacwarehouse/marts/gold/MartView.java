package org.lacwarehouse.marts.gold;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.lacwarehouse.pipeline.conf.ConfFile;
import org.lacwarehouse.pipeline.conf.ResourceFolder;
import org.lacwarehouse.pipeline.conf.YamlNode;

/**
 * A view that is published beside the tables, for people who read PostgreSQL. It lives in the schema that is changed over
 * and names the tables without a schema.
 *
 * @param name its name in PostgreSQL
 * @param grain what one row is: the comment of the view
 * @param columns the comment of each column, in the order of its SELECT
 * @param sql its SELECT, in the words of PostgreSQL
 */
public record MartView(String name, String grain, Map<String, String> columns, String sql) {
    /**
     * The views that are files of the program: {@code views/<view>.sql}, a SELECT under a comment in YAML.
     *
     * @throws org.lacwarehouse.pipeline.conf.ConfException when a header is incomplete
     */
    static List<MartView> files() {
        return files("views");
    }

    /**
     * The tables of {@code mart_public}, which are files of the program too: {@code public/<table>.sql}.
     *
     * @throws org.lacwarehouse.pipeline.conf.ConfException when a header is incomplete
     */
    static List<MartView> publicTables() {
        return files("public");
    }

    private static List<MartView> files(String folder) {
        List<MartView> views = new ArrayList<>();
        ResourceFolder.onClassPath(folder + "/README").forEach((path, text) -> {
            if (path.endsWith(".sql")) {
                views.add(read(new ConfFile(folder + "/" + path, text)));
            }
        });
        return views;
    }

    private static MartView read(ConfFile file) {
        int end = file.text().indexOf("*/");
        if (!file.text().startsWith("/*") || end < 0) {
            throw file.error(1, "the file must begin with a comment /* ... */ that gives grain and columns");
        }
        YamlNode header = YamlNode.parse(file, file.text().substring(2, end), 1);
        header.onlyKeys("grain", "columns");
        Map<String, String> columns = new LinkedHashMap<>();
        header.get("columns").entries().forEach((name, words) -> columns.put(name, words.text()));
        return new MartView(
                file.baseName(),
                header.text("grain"),
                columns,
                file.text().substring(end + 2).strip());
    }
}
