// SPDX-License-Identifier: MIT
#include "typedpath.h"

#include "displaytext.h"

#include <QDir>
#include <QFileInfo>
#include <QUrl>

using namespace Qt::Literals::StringLiterals;

QString pathFrom(const QString &typed)
{
    if (typed.isEmpty())
        return {};
    if (typed.startsWith("~/"_L1))
        return QDir::homePath() + typed.sliced(1);
    const QUrl url(typed);
    return QFileInfo(url.isLocalFile() ? url.toLocalFile() : typed).absoluteFilePath();
}

QString shownPath(const QString &path)
{
    QString line = path;
    line.replace(u'\n', u'␊').replace(u'\t', u'␉');
    return DisplayText::visible(line).text;
}
