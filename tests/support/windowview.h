// SPDX-License-Identifier: MIT
#pragma once

#include <QQuickItem>
#include <QQuickWindow>
#include <QStringList>
#include <QTest>

/// \a item and everything in it, whether it is shown or not.
[[nodiscard]] inline QList<QQuickItem *> itemsIn(QQuickItem *item)
{
    QList<QQuickItem *> items{item};
    const auto children = item->childItems();
    for (QQuickItem *child : children)
        items += itemsIn(child);
    return items;
}

/// The item of \a window whose objectName is \a name.
[[nodiscard]] inline QQuickItem *itemNamed(const QQuickWindow *window, const QString &name)
{
    const auto items = itemsIn(window->contentItem());
    for (QQuickItem *item : items) {
        if (item->objectName() == name)
            return item;
    }
    return nullptr;
}

[[nodiscard]] inline bool isShown(const QQuickWindow *window, const QString &name)
{
    const QQuickItem *item = itemNamed(window, name);
    return item && item->isVisible();
}

/// What the item says; nothing while it is not shown.
[[nodiscard]] inline QString textOf(const QQuickWindow *window, const QString &name)
{
    return isShown(window, name) ? itemNamed(window, name)->property("text").toString() : QString();
}

/// Presses the left button in the middle of the item.
inline void click(QQuickWindow *window, const QString &name)
{
    const QQuickItem *item = itemNamed(window, name);
    QVERIFY2(item && item->isVisible(), qPrintable(name));
    QVERIFY(!window->grabWindow().isNull()); // by then it has been laid out
    const QPointF middle(item->width() / 2, item->height() / 2);
    QTest::mouseClick(window, Qt::LeftButton, {}, item->mapToScene(middle).toPoint());
}

/// The rows that \a window shows, from the top to the bottom, as a person would read them.
[[nodiscard]] inline QStringList visibleRows(const QQuickWindow *window)
{
    QMap<qreal, QString> rows;
    const auto items = itemsIn(window->contentItem());
    for (const QQuickItem *item : items) {
        const QVariant prefix = item->property("prefix");
        if (!prefix.isValid() || !item->isVisible())
            continue;
        const QQuickItem *view = item->parentItem()->parentItem();
        const QRectF row = item->mapRectToItem(view, item->boundingRect());
        if (!row.intersects(view->boundingRect()))
            continue;
        const QVariant text = item->property("text");
        rows.insert(row.y(),
                    prefix.toString() + QLatin1Char(' ')
                        + (text.isValid() ? text : item->property("message")).toString());
    }
    return rows.values();
}

/// Types \a text into \a window, key by key.
inline void typeInto(QWindow *window, const QString &text)
{
    for (const QChar c : text)
        QTest::keyClick(window, c.toLatin1());
}

/// Types \a text into the line of \a window, which has to have the focus, and Enter.
inline void say(QQuickWindow *window, const QString &text)
{
    QVERIFY(itemNamed(window, QStringLiteral("input"))->hasActiveFocus());
    typeInto(window, text);
    QTest::keyClick(window, Qt::Key_Return);
}
