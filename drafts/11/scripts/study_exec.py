import re,sys,os,time
os.environ['MASKBOOK_QUIET']='1'
src=open('/tmp/w/n11/11.py').read()
for a in ('base_filters=8','epochs=10','study_rows=9'):
    k,v=a.split('='); src=re.sub(rf'^{k}: (\w+) = \S+',rf'{k}: \1 = {v}',src,flags=re.M)
parts=re.split(r'^# %%(.*)$',src,flags=re.M)[1:]
cells=[c for h,c in zip(parts[::2],parts[1::2]) if 'markdown' not in h]
def cell(mark): return next(c for c in cells if mark in c)
g={'__name__':'x'}
for m in ('seed: int','import datetime','runtime.start(seed)','def block(','def eva_x(','class Batches','def study_row'): 
    exec(cell(m),g); print(m,time.ctime(),flush=True)
