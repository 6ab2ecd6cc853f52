package org.lacwarehouse.marts.publish;

import java.io.Serializable;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.Properties;

/**
 * A PostgreSQL database and the account that loads it.
 *
 * @param url the JDBC URL, without user and password
 * @param user the user name
 * @param password the password, or null where the server asks for none
 */
public record Database(String url, String user, String password) implements Serializable {
    /** Opens a connection. */
    public Connection connect() throws SQLException {
        Properties properties = new Properties();
        if (user != null) {
            properties.setProperty("user", user);
        }
        if (password != null) {
            properties.setProperty("password", password);
        }
        properties.setProperty("ApplicationName", "lac-warehouse");
        // The detail of an error quotes the row that caused it.
        properties.setProperty("logServerErrorDetail", "false");
        return DriverManager.getConnection(url, properties);
    }

    /** The URL as it may be shown: without a password that stands in it. */
    public String shownUrl() {
        return url.replaceAll("(?i)([?&]password=)[^&]*", "$1***");
    }

    /** The URL and the user; never the password. */
    @Override
    public String toString() {
        return shownUrl() + (user == null ? "" : " as " + user);
    }
}
