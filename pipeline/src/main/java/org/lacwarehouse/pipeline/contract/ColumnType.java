package org.lacwarehouse.pipeline.contract;

import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;

/** What a column of an extract holds, and as what it is kept in silver. */
public enum ColumnType {
    /** Any text. */
    TEXT(DataTypes.StringType),
    /** The council's own child id; silver holds the pseudonym in its place, in the column {@code child_id}. */
    CHILD(DataTypes.StringType),
    /** A code of a code list; silver holds the canonical code. */
    CODE(DataTypes.StringType),
    /** A date, written {@code dd/mm/yyyy} or {@code yyyy-mm-dd}. */
    DATE(DataTypes.DateType),
    /** A whole number. */
    INTEGER(DataTypes.IntegerType),
    /** A number, whole or with decimals. */
    DECIMAL(DataTypes.DoubleType),
    /** A postcode; silver holds it in upper case without spaces, as it is joined. */
    POSTCODE(DataTypes.StringType);

    private final DataType silverType;

    ColumnType(DataType silverType) {
        this.silverType = silverType;
    }

    /** The Spark type of the column in silver. */
    public DataType silverType() {
        return silverType;
    }
}
