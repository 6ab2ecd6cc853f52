package org.lacwarehouse.marts.gold;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.lacwarehouse.pipeline.contract.Code;
import org.lacwarehouse.pipeline.contract.CodeList;

/** The dimensions that are code lists: {@code conf/codes/legal_status.csv} becomes {@code dim_legal_status}. */
final class CodeDimensions {
    private CodeDimensions() {}

    /** The dimension table of a code list, with the unknown member of key 0. */
    static MartTable table(CodeList list) {
        String key = list.name() + "_key";
        Map<String, String> columns = new LinkedHashMap<>();
        columns.put(key, "Key of the code; 0 is the unknown member");
        columns.put("code", "The standard code");
        columns.put("name", "What the code means");
        columns.put(
                "group_name", "The group by which figures are broken down; the name itself where there are no groups");
        columns.put("sort_order", "The order in which people expect to read the codes");
        return new MartTable(
                "dim_" + list.name(),
                "conformed",
                list.title(),
                List.of(key),
                Map.of(),
                Set.of(),
                columns,
                Set.of(),
                list.codes().toString(),
                spark -> rows(spark, list, key, true));
    }

    /** The codes of a list as a view for other tables, without the unknown member. */
    static Dataset<Row> view(SparkSession spark, CodeList list) {
        return rows(spark, list, list.name() + "_key", false);
    }

    private static Dataset<Row> rows(SparkSession spark, CodeList list, String key, boolean withUnknown) {
        StructType schema = new StructType()
                .add(key, DataTypes.IntegerType, false)
                .add("code", DataTypes.StringType, false)
                .add("name", DataTypes.StringType, false)
                .add("group_name", DataTypes.StringType, false)
                .add("sort_order", DataTypes.IntegerType, false);
        List<Row> rows = new ArrayList<>();
        if (withUnknown) {
            rows.add(RowFactory.create(0, "unknown", "Not known", "Not known", 0));
        }
        int order = 1;
        for (Code code : list.codes()) {
            String group = code.group().isEmpty() ? code.name() : code.group();
            rows.add(RowFactory.create(code.key(), code.code(), code.name(), group, order++));
        }
        return spark.createDataFrame(rows, schema);
    }
}
