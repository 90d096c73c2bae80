// SPDX-License-Identifier: MIT
#pragma once

#include <QGuiApplication>
#include <QObject>
#include <QPalette>
#include <QtQml/qqmlregistration.h>

/// The desktop around the window, as far as a test changes it.
class Desktop : public QObject
{
    Q_OBJECT
    QML_ELEMENT
    QML_SINGLETON

public:
    using QObject::QObject;

    /// Gives every window the colours of a dark, or of a light, desktop.
    Q_INVOKABLE void setDark(bool dark)
    {
        QGuiApplication::setPalette(
            QPalette(dark ? QColor(0x20, 0x20, 0x20) : QColor(Qt::lightGray)));
    }
    /// Gives every window these colours, one to write on, one to write with.
    Q_INVOKABLE void setColors(const QColor &window, const QColor &words)
    {
        QPalette palette(window);
        palette.setColor(QPalette::Window, window);
        palette.setColor(QPalette::WindowText, words);
        QGuiApplication::setPalette(palette);
    }
};
