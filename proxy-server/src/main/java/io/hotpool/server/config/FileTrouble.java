package io.hotpool.server.config;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.util.Locale;

/** What is wrong with a file, in words for people instead of the names of exceptions. */
public final class FileTrouble {
    private FileTrouble() {}

    /** With the file's name where it is known. */
    public static String words(IOException error) {
        return error instanceof FileSystemException of && of.getFile() != null
                ? of.getFile() + ": " + reason(of)
                : reason(error);
    }

    /** Without the file's name. */
    public static String reason(IOException error) {
        if (error instanceof NoSuchFileException) {
            return "there is no such file or folder";
        }
        if (error instanceof AccessDeniedException) {
            return "this user may not do that";
        }
        if (error instanceof FileAlreadyExistsException) {
            return "exists already";
        }
        if (error instanceof NotDirectoryException) {
            return "is not a folder";
        }
        if (error instanceof DirectoryNotEmptyException) {
            return "is a folder that is not empty";
        }
        String told = error instanceof FileSystemException of ? of.getReason() : error.getMessage();
        return told == null || told.isEmpty() ? error.getClass().getSimpleName() : lowerCase(told);
    }

    /** {@code Is a directory}, as the system says it, within a sentence. */
    private static String lowerCase(String text) {
        return text.length() > 1 && Character.isLowerCase(text.charAt(1))
                ? text.substring(0, 1).toLowerCase(Locale.ROOT) + text.substring(1)
                : text;
    }
}
