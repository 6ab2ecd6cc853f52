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
    /** A date of which day, month or year may be unknown, written {@code zz}; silver holds it as it is written. */
    PARTIAL_DATE(DataTypes.StringType),
    /** An academic year, written {@code 2023/24}. */
    ACADEMIC_YEAR(DataTypes.StringType),
    /** A whole number. */
    INTEGER(DataTypes.IntegerType),
    /** A number, whole or with decimals. */
    DECIMAL(DataTypes.DoubleType),
    /** A postcode; silver holds it in upper case without spaces, as it is joined. */
    POSTCODE(DataTypes.StringType),
    /** An NHS number, kept without spaces and hyphens; a wrong check digit is flagged. */
    NHS_NUMBER(DataTypes.StringType),
    /** A unique pupil number, kept in upper case without spaces and hyphens; a wrong check letter is flagged. */
    UPN(DataTypes.StringType);

    private final DataType silverType;

    ColumnType(DataType silverType) {
        this.silverType = silverType;
    }

    /** The Spark type of the column in silver. */
    public DataType silverType() {
        return silverType;
    }
}
